"""Words with which a task begins, once the body that does it has been named."""

from __future__ import annotations

import re

#: Words that only a task can begin with: no name of a body holds them in lower case. Guards keep
#: the second syllable of a longer word from being taken for a verb: "công lập", "việc làm".
_PLAIN = (
    r"chủ động|theo dõi|đôn đốc|bảo đảm|đảm bảo|có trách nhiệm|chịu trách nhiệm|có nhiệm vụ|"
    r"thực hiện|triển khai|nghiêm túc|rà (?:soát|quét)|cập nhật|báo cáo|bố trí|gửi|nộp|quan tâm|"
    r"tiếp tục|"
    r"tăng cường|kịp thời|phản ánh|nắm|đăng tải|đăng(?! ký)|căn cứ|ban hành|cung cấp|chuẩn bị|"
    r"thường xuyên|định kỳ|đề xuất|vận hành|giúp|khẩn trương|cử|xem xét|tiến hành|duy trì|mở|in|"
    r"phát động|(?<!được )phân công|đưa|quán triệt|biên soạn|(?<!được )thiết kế|niêm yết|"
    r"thẩm định|thẩm tra|phát hiện|xử lý|duyệt|phê duyệt|công bố|công khai|giới thiệu|góp ý|"
    r"tham gia|tham dự|lấy ý kiến|tiếp thu|giải trình|trả lời|cân đối|phân bổ|đánh giá|sơ kết|"
    r"tổng kết|đề nghị|kiến nghị|yêu cầu|nhắc|kiện toàn|thành lập|vận động|huy động|lồng ghép|"
    r"đổi mới|nâng cao|đẩy mạnh|phát huy|khai thác|thu thập|tích hợp|kết nối|xác định|lựa chọn|"
    r"ưu tiên|trực tiếp|phản bác|ngăn chặn|hoàn thành|hoàn thiện|sửa đổi|bổ sung|kết hợp|"
    r"nhân rộng|"
    r"giải đáp|cụ thể hóa|cụ thể hoá|phát phiếu|phát sóng|phát hành|phát(?= (?:trên|lại|các|tờ|"
    r"bản|tin|bài|loa|video|băng|thông điệp|hằng|hàng))|rút kinh nghiệm|khảo sát|tập huấn|"
    r"tọa đàm|đối thoại|mời|đặt hàng|khắc phục|"
    r"chấn chỉnh|tập hợp|tập trung|tích cực|lắng nghe|vận dụng|nêu|gắn|đóng góp|gương mẫu|dành|"
    r"kiểm duyệt|lắp đặt|trang bị|mua sắm|đáp ứng|chấp hành|tuân thủ|truyền tải|chuyển tải|"
    r"tăng|thúc đẩy|khuyến khích|hạn chế|phòng ngừa|quy định|điều chỉnh|thay mặt|hoàn tất|"
    r"xuất bản|biểu dương|tuyên dương|phê bình|nhận xét|trao|(?<!truyền )(?<!viễn )thông báo|"
    r"soát xét|giữ|kê khai|dự trù|mua|"
    r"thuê|nói chuyện|số hóa|tạo điều kiện|phân loại|gặp gỡ|làm việc|chú trọng|chỉ rõ|nhắc nhở|"
    r"cảnh báo|đính chính|gỡ|bóc gỡ|xác minh|kiểm chứng|đối chiếu|cài đặt|nâng cấp|bảo trì|"
    r"tiếp sóng|đưa tin|phát thanh(?! viên)|dự(?= (?:họp|hội nghị|giờ))|thăm|đón|kèm|hợp đồng|"
    r"chia sẻ|xin ý kiến|thảo luận|họp|lắp|(?<!đăng )ký|kết luận|phổ cập|tiếp âm|(?<!đào )tạo|"
    r"lan tỏa|thể hiện|cho ý kiến|ghi nhận|ghi hình|lên kế hoạch|dán|treo|thay|đọc|"
    r"soạn|ký kết|dự thảo|(?<!tiếp )nhận|trích|quyết toán|thanh toán|chi trả|bám sát|tranh thủ|"
    r"chuyển(?! đổi)|nhắn tin|điểm(?= (?:các|tin|báo|lại|tình))|cấp(?= (?:kinh phí|phát))|"
    r"trình(?= (?:ủy|uỷ|hội|chủ|giám|lãnh|cấp|thủ|bộ|ban|tỉnh|huyện))|dịch|viết|quay|sưu tầm|"
    r"tuyển chọn|(?<!lựa )(?<!tuyển )chọn|khen thưởng|tôn vinh|"
    r"(?<!công )(?<!thành )(?<!độc )(?<!xác )lập(?! trường)|"
    r"là|(?<!việc )làm|(?<!xây )dựng|(?<!được )(?<!bàn )(?<!chuyển )giao(?! thông| lưu| tiếp|"
    r" dịch)"
)
# May begin a task, but also stands in names: "Phòng Tổ chức cán bộ", "Kiểm định xây dựng".
_IN_NAMES = (
    "chủ trì|phối hợp|tham mưu|tổng hợp|tổ chức|hướng dẫn|xây dựng|kiểm tra|tuyên truyền|chỉ đạo|"
    "tiếp nhận|quản lý|giám sát|phổ biến|thông tin|truyền thông|in ấn|nghiên cứu|soạn thảo|"
    "biên tập|hỗ trợ|bồi dưỡng|đào tạo|thống kê|phân tích|dự báo|ứng dụng|định hướng|điều phối|"
    "tư vấn|đăng ký|thanh tra|kiểm soát|bảo vệ|phục vụ|sản xuất|đấu tranh|"
    "lưu trữ|sử dụng|thống nhất"
)
#: What a body may be told before its task: "Phòng A trước ngày 5/6 gửi …", "phải", "cần".
_ADVERBS = (
    r"trước(?= (?:ngày|tháng|\d))|chậm nhất|muộn nhất|trên cơ sở|khi|ngay sau|sau khi|"
    r"(?:hằng|hàng)(?= (?:năm|quý|tháng|tuần|ngày))|"
    r"trong(?= (?:tháng|quý|năm|quá|phạm vi|thời|\d))|"
    r"theo(?= (?:chức năng|thẩm quyền|quy định|nhiệm vụ|phân công|sự))|phải|cần|sẽ|"
    r"từ(?= (?:ngày|tháng|quý|năm))|vào(?= (?:ngày|tháng|quý|thứ))|không"
)
VERB = rf"(?:{_PLAIN}|{_IN_NAMES})"
STARTS_TASK = re.compile(VERB + r"\b", re.IGNORECASE)
#: Where a body has been named and what it does begins; the space before it is matched.
TO_TASK = re.compile(rf",?\s+(?={VERB}\b|(?:{_ADVERBS})\b)", re.IGNORECASE)
IN_NAME = re.compile(rf"(?:{_IN_NAMES})\b")
#: After one of these no name goes on.
DECIDED = re.compile(
    r"(?:chủ trì(?! soạn| xây| tham)|có trách nhiệm|chịu trách nhiệm|"
    r"(?:chủ động )?phối hợp với)\b",
    re.IGNORECASE,
)
