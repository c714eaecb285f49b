"""Every way the service can refuse, and the one shape in which it says so.

ServiceError
├── InvalidSettings     a TROLY_ variable is missing or wrong
├── InvalidRequest      the request cannot be understood (422)
├── QuestionTooLong     more than 2,000 characters (413)
├── BodyTooLarge        more bytes than any question needs (413)
├── FileTooLarge        a file over the limit of uploads (413)
├── TooManyQuestions    one address asks faster than the limit (429)
├── TooManyUploads      too many files are coming in at once (503)
├── NotReady            the library or the database is not open yet (503)
├── Overtaken           two messages of one person at once: the later one is tried again (409)
├── AnswerGone          what somebody votes on is not kept, or not theirs (404)
├── PortTaken           another program listens there
├── PaperRefused        a paper cannot be added or removed
├── ConsentRefused      Zalo gives no tokens for a code
├── AccountRefused      an account of the desk cannot be made or changed so
├── UnitRefused         a unit, or who acts for it, cannot be changed so
├── TableRefused        a table that was handed in cannot be taken as a whole (422)
├── AssignmentRefused   a duty cannot be put on units so
├── SubmissionRefused   what somebody sent cannot be withdrawn or decided any more (409)
├── Unauthorized        no token, or one that is unknown, expired or revoked (401)
├── NotAllowed          a token without this scope (403)
├── NotThere            nothing that this token may see (404)
├── CuratedRefused      an answer of the office cannot be written so (422)
└── Forbidden           not for this account of the desk, or not from a page of ours (403)

A docstring is the default message. Messages are shown to people: Vietnamese, one sentence, and
what to do next.
"""

from __future__ import annotations


class ServiceError(Exception):
    """Hệ thống chưa xử lý được yêu cầu; Anh/chị vui lòng thử lại sau."""

    status = 500
    code = "internal"

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())


def error_json(error: ServiceError) -> dict[str, dict[str, str]]:
    """The one shape of every error that leaves the server."""
    return {"error": {"code": error.code, "message": str(error)}}


class InvalidSettings(ServiceError):
    """Cấu hình chưa đúng."""

    code = "invalid_settings"


class InvalidRequest(ServiceError):
    """Yêu cầu chưa đúng định dạng; Anh/chị vui lòng kiểm tra lại."""

    status = 422
    code = "invalid_request"


class QuestionTooLong(ServiceError):
    """Câu hỏi dài quá 2.000 ký tự; Anh/chị vui lòng rút gọn rồi gửi lại."""

    status = 413
    code = "question_too_long"


class BodyTooLarge(ServiceError):
    """Nội dung gửi lên quá lớn; Anh/chị vui lòng rút gọn rồi gửi lại."""

    status = 413
    code = "body_too_large"


class FileTooLarge(BodyTooLarge):
    """Tệp quá lớn; Anh/chị vui lòng gửi bản nhỏ hơn."""

    code = "file_too_large"


class TooManyQuestions(ServiceError):
    """Anh/chị gửi hơi nhanh; vui lòng đợi một phút rồi gửi tiếp."""

    status = 429
    code = "too_many_requests"


class TooManyUploads(ServiceError):
    """Đang có nhiều người gửi tệp cùng lúc; Anh/chị vui lòng gửi lại sau ít phút."""

    status = 503
    code = "too_many_uploads"


class NotReady(ServiceError):
    """Hệ thống chưa sẵn sàng; Anh/chị vui lòng thử lại sau ít phút."""

    status = 503
    code = "not_ready"


class Overtaken(ServiceError):
    """Hệ thống đang xử lý một tin khác của Anh/chị; vui lòng gửi lại sau giây lát."""

    status = 409
    code = "overtaken"


class AnswerGone(ServiceError):
    """Câu trả lời này không còn được lưu nên chưa ghi được đánh giá."""

    status = 404
    code = "answer_gone"


class PortTaken(ServiceError):
    """Cổng này đang có chương trình khác dùng; Anh/chị vui lòng chọn cổng khác bằng --port."""

    code = "port_taken"


class PaperRefused(ServiceError):
    """Chưa thêm được văn bản này; Anh/chị vui lòng kiểm tra lại tệp."""

    status = 422
    code = "paper_refused"


class NothingToCite(PaperRefused):
    """Không tìm thấy mục, điều, khoản nào trong tệp nên chưa thêm được."""


class EditionMissing(ServiceError):
    """Không mở được phiên bản này của kho văn bản; Anh/chị vui lòng báo người vận hành."""

    status = 500
    code = "edition_missing"


class CandidateRefused(ServiceError):
    """Chưa làm được với văn bản đang chờ này."""

    status = 409
    code = "candidate_refused"


class ComparisonStopped(ServiceError):
    """Đã dừng so để công bố hoặc khôi phục kho trước; Anh/chị vui lòng so lại."""

    status = 409
    code = "comparison_stopped"


class ConsentRefused(ServiceError):
    """Zalo chưa cấp quyền; Anh/chị vui lòng mở lại liên kết, đồng ý và dán mã mới trong 10 phút."""

    code = "consent_refused"

    def __init__(self, told: str) -> None:
        """`told`: the number that Zalo gives."""
        super().__init__(f"{type(self).__doc__} (Zalo báo: {told})")


class AccountRefused(ServiceError):
    """Chưa thực hiện được với tài khoản này."""

    status = 422
    code = "account_refused"


class UnitRefused(ServiceError):
    """Chưa thực hiện được với đơn vị này."""

    status = 422
    code = "unit_refused"


class TableRefused(ServiceError):
    """Chưa nhập được tệp này; Anh/chị vui lòng kiểm tra lại tệp rồi nhập lại."""

    status = 422
    code = "table_refused"


class OrganisationRefused(ServiceError):
    """Chưa lưu được cơ quan hoặc địa phương này."""

    status = 422
    code = "organisation_refused"


class SubmissionRefused(ServiceError):
    """Chưa thực hiện được với hồ sơ này; Anh/chị vui lòng mở lại hồ sơ để xem tình trạng."""

    status = 409
    code = "submission_refused"

    def __init__(self, why: str) -> None:
        """`why`: the state it is in ("accepted" …), "gone" when there is none, or "empty"."""
        super().__init__()
        self.why = why


class AssignmentRefused(ServiceError):
    """Chưa giao được việc này cho các đơn vị."""

    status = 422
    code = "assignment_refused"

    def __init__(self, why: str, **values: object) -> None:
        """`why`: a key of `assign.refused_…` in the texts, filled in with `values`."""
        from bot.texts import say

        super().__init__(say(f"assign.refused_{why}", **values))
        self.why = why


class Forbidden(ServiceError):
    """Anh/chị không có quyền làm việc này."""

    status = 403
    code = "forbidden"


class Unauthorized(ServiceError):
    """Cần một mã truy cập còn dùng được; Anh/chị vui lòng hỏi quản trị chính của trợ lý."""

    status = 401
    code = "unauthorized"


class NotAllowed(ServiceError):
    """Mã truy cập này không có quyền làm việc vừa gọi; Anh/chị vui lòng hỏi quản trị chính."""

    status = 403
    code = "not_allowed"


class NotThere(ServiceError):
    """Không có mục này; Anh/chị vui lòng kiểm tra lại mã."""

    status = 404
    code = "not_found"


class CuratedRefused(ServiceError):
    """Câu trả lời soạn sẵn này chưa dùng được."""

    status = 422
    code = "curated_refused"
