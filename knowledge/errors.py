"""Every way `knowledge` can refuse, in one place.

KnowledgeError
├── UnreadableDocument      the bytes could not be turned into text
│   ├── EmptyDocument       no text at all
│   ├── EncryptedDocument   needs a password
│   ├── ImageOnlyDocument   pages are pictures without a text layer
│   ├── DamagedDocument     broken, or not what its name says
│   ├── DocumentTooLarge    over the size, page, time or memory limit
│   ├── UnsafeDocument      a zip bomb, a path trick
│   └── UnsupportedDocument a kind of file that is not read
├── InvalidDocument         document.toml is missing something or contradicts itself
├── CorrectionRefused       what a person wants to put right in a paper cannot be done so
└── CitationNotFound        the clause named is not in the library

A docstring is the default message. Messages are shown to people, so they are Vietnamese, one
sentence, and say what to do next.
"""


class KnowledgeError(Exception):
    """Không xử lý được văn bản."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())


class UnreadableDocument(KnowledgeError):
    """Không đọc được tệp này; Anh/chị vui lòng gửi lại bản PDF có lớp chữ, DOCX hoặc TXT."""


class EmptyDocument(UnreadableDocument):
    """Tệp không có chữ nào; Anh/chị vui lòng kiểm tra và gửi lại."""


class EncryptedDocument(UnreadableDocument):
    """Tệp có mật khẩu; Anh/chị vui lòng bỏ mật khẩu rồi gửi lại."""


class ImageOnlyDocument(UnreadableDocument):
    """Tệp chỉ có ảnh chụp, không có lớp chữ; Anh/chị vui lòng gửi bản PDF có chữ hoặc DOCX."""


class DamagedDocument(UnreadableDocument):
    """Tệp bị hỏng hoặc không đúng định dạng như tên gọi; Anh/chị vui lòng xuất lại và gửi lại."""


class DocumentTooLarge(UnreadableDocument):
    """Tệp quá lớn so với mức cho phép; Anh/chị vui lòng tách nhỏ rồi gửi lại."""


class UnsafeDocument(UnreadableDocument):
    """Tệp có cấu trúc không an toàn nên không được nhận; Anh/chị vui lòng xuất lại và gửi lại."""


class UnsupportedDocument(UnreadableDocument):
    """Loại tệp này chưa đọc được; Anh/chị vui lòng gửi PDF có lớp chữ, DOCX, TXT hoặc MD."""


class InvalidDocument(KnowledgeError):
    """Thông tin văn bản (document.toml) thiếu hoặc mâu thuẫn."""


class CitationNotFound(KnowledgeError):
    """Không có điều khoản này trong kho văn bản."""


class CorrectionRefused(KnowledgeError):
    """Chưa sửa được như vậy; Anh/chị vui lòng xem lại."""

    def __init__(self, why: str) -> None:
        """`why`: a word that the page that was used has a sentence for."""
        super().__init__()
        self.why = why
