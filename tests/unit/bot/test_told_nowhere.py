"""What papers of this field tell of nobody and nothing, and what is asked nearly so and told."""

from __future__ import annotations

import pytest

from tests.unit.bot.shipped import Answered, Silent, ask, cited

NOWHERE = [
    # who holds a post, who within a unit, which of several
    "Chánh Văn phòng Sở GDĐT Hải Phòng năm 2023 là ai?",
    "Trưởng phòng Tư pháp Ia H'Drai là ai?",
    "Ở Sở KHCN Hưng Yên, thư ký hội đồng tên gì?",
    "Ai trong Văn phòng Sở KHĐT Lạng Sơn trực tiếp đưa văn bản lên trang thông tin?",
    "Trong ba đơn vị chủ trì nâng cao nhận thức ở Sở KHĐT Lạng Sơn, đơn vị nào là đầu mối chính?",
    "Vụ nào của Bộ Tư pháp làm đầu mối thực hiện Chỉ thị 07?",
    # what is signed that is not the paper; whoever signs up
    "Ai ký duyệt quyết toán kinh phí truyền thông chính sách của Sở KHCN Hưng Yên?",
    "Doanh nghiệp muốn dự hội nghị chính sách của Sở KHĐT Lạng Sơn thì đăng ký ở đâu?",
    "Vì sao Giám đốc Sở GD Hải Phòng không tự ký mà để phó ký kế hoạch 2023?",
    # numbers of papers that are only spoken of
    "Bộ trưởng Bộ Tư pháp đề nghị phê duyệt Đề án 407 bằng tờ trình số nào?",
    "Quyết định 407 được đăng Công báo số mấy?",
    "Văn phòng Sở KHCN Hưng Yên hướng dẫn lập dự toán bằng văn bản số mấy?",
    "Sở KHCN Hưng Yên: điều mấy của Luật Báo chí nói về việc cung cấp thông tin?",
    # a day or month of what has none; a day for another recipient
    "Kế hoạch hằng năm của UBND xã ở Ia H'Drai phải ban hành chậm nhất ngày nào?",
    "Quý mấy năm 2024 Sở KHCN Hưng Yên phải xong tài liệu truyền thông dự thảo?",
    "Sở GDĐT Hải Phòng phải gửi UBND thành phố bản tổng hợp kết quả vào ngày nào năm 2023?",
    "Phó Thủ tướng Trần Hồng Hà ký Chỉ thị 07 lúc mấy giờ?",
    # what holds unless; who stands in
    "Nếu Sở Tư pháp Kon Tum không hướng dẫn thì Phòng Tư pháp Ia H'Drai có phải tự rà soát không?",
    "Văn phòng Sở KHĐT Lạng Sơn bận thì phòng nào thay chủ trì việc kiểm tra truyền thông?",
    # a share of something else; what an addressee gets it for; a decision nobody is given
    "Chỉ tiêu bao nhiêu phần trăm cán bộ Ia H'Drai phải được nâng cao năng lực?",
    "Sở TTTT Lạng Sơn nhận kế hoạch của Sở KHĐT để thẩm định hay chỉ để biết?",
    "Ai quyết định mức bố trí nguồn lực ở các đơn vị giáo dục Hải Phòng năm 2024?",
    "Mạng xã hội nào được Sở KHCN Hưng Yên chọn để truyền thông dự thảo chính sách?",
]


@pytest.mark.parametrize("question", NOWHERE)
def test_what_no_clause_tells_is_not_answered(question: str) -> None:
    assert isinstance(ask(question), Silent)


@pytest.mark.parametrize(
    ("question", "address"),
    [
        ("Ai ký kế hoạch của Sở KHĐT Lạng Sơn?", "signature"),
        ("Kế hoạch 2023 của Sở KHĐT Lạng Sơn gửi tới sở nào bên ngoài?", "recipients"),
        ("Muốn đi tập huấn thì hỏi ai trong Sở KHCN Hưng Yên?", "II.1"),
        ("Sở KHĐT Lạng Sơn: dự thảo 100% là của những chính sách nào?", "I.2.b"),
        ("Hải Phòng 2023: báo cáo kết quả gửi trước ngày nào?", "III#2.6"),
        ("Ở Ia H'Drai, dự thảo không đủ 4 tiêu chí thì có phải truyền thông không?", "II.1"),
        ("Ia H'Drai: nhiệm vụ nào do Hội đồng PBGDPL huyện chủ trì?", "III.5"),
    ],
)
def test_what_is_asked_nearly_so_and_told_is_answered(question: str, address: str) -> None:
    found = ask(question)
    assert isinstance(found, Answered)
    assert address in {a for _, a in cited(found)}
