"""Every way `index` can refuse, in one place.

SearchError
├── EncoderMissing     no model in the folder named
├── FetchFailed        a model could not be downloaded
├── IndexMissing       nothing has been built yet
├── IndexOutdated      built with another model than the one now in use
├── IndexDamaged       a file is missing or broken, or a new index failed its own check
├── BuildRunning       another process is building
└── NothingToRollBack  there is no earlier index

A docstring is the default message; administrators read it, so it is Vietnamese.
"""


class SearchError(Exception):
    """Không tra cứu được."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())


class EncoderMissing(SearchError):
    """Không có mô hình mã hóa trong thư mục đã chỉ."""


class FetchFailed(SearchError):
    """Không tải được mô hình."""


class IndexMissing(SearchError):
    """Chưa có chỉ mục; hãy chạy «troly index build»."""


class IndexOutdated(SearchError):
    """Chỉ mục được dựng bằng mô hình khác; hãy chạy «troly index build»."""


class IndexDamaged(SearchError):
    """Chỉ mục bị hỏng; hãy chạy «troly index build» hoặc «troly index rollback»."""


class BuildRunning(SearchError):
    """Một tiến trình khác đang dựng chỉ mục; hãy đợi rồi thử lại."""


class NothingToRollBack(SearchError):
    """Không có chỉ mục nào trước đó để quay lại."""
