"""What callers ask of the conversation, and what only sounds like it."""

import pytest

from sipagent.engines.wishes import wish_of
from sipagent.ports import Wish

UTTERED = {
    Wish.HUMAN: """
        i want to speak to a human agent | connect me to a human | can i talk to someone please
        transfer me to customer service | agent | operator please | i need a human
        i would like to speak with a real person | put me through to a representative
        my internet is not working i want to talk to a human | let me talk to your supervisor
        i don't want to talk to a robot | can you pass me to a colleague | give me an agent please
        i wont to speek to an agend | is there a person i can talk to
        أريد التحدث مع موظف | حولني على موظف | ابغى اكلم احد | ابي موظف | ممكن أتكلم مع إنسان
        وصلني بخدمة العملاء | عطني موظف | خلني اكلم شخص حقيقي | موظف | ما ابغى اكلم روبوت
        حولني إلى خدمة العملاء لو سمحت | اريد اتكلم مع احد من فضلك | ابا ارمس مع موظف
        ممكن تحولني على المسؤول | اريد شخص يساعدني
        """,
    Wish.REPEAT: """
        repeat please | can you repeat that | say that again please | i did not hear you
        what did you say | sorry one more time | pardon | could you say it once more
        i didn't catch that | can you speak slower | please repeat the last sentence
        again please
        أعد من فضلك | كرر لو سمحت | ممكن تعيد | ما سمعتك | شو قلت | لم أسمع | لم أفهم
        مرة ثانية لو سمحت | عيد الكلام | ما فهمت عليك | ماذا قلت | ممكن تعيد اللي قلته
        """,
    Wish.OTHER_LANGUAGE: """
        speak arabic please | arabic please | can we speak in arabic | can you speak english
        i prefer english | english | switch to arabic | change the language
        do you speak arabic | i want to continue in english | other language please
        تكلم عربي | بالعربي لو سمحت | انجليزي من فضلك | ممكن نتكلم انجليزي | غير اللغة
        اللغة العربية | تتكلم انجليزي | اريد التحدث بالإنجليزية | العربية
        """,
    Wish.GOODBYE: """
        goodbye | bye | bye bye | thank you goodbye | that is all thank you | that's all
        nothing else thanks | no thank you | have a nice day | okay bye | that was everything
        thanks for your help bye | no that's it thanks
        مع السلامة | شكرا مع السلامة | باي | في أمان الله | خلاص شكرا | هذا كل شيء | لا شكرا
        يعطيك العافية مع السلامة | الله يحفظك | ما عندي شي ثاني | بس هذا شكرا | إلى اللقاء
        """,
    None: """
        my agent told me the bill is wrong | i paid again last week | i was charged again
        is english spoken in your dubai branch | the agent said i get a refund
        i talked to an agent yesterday | when can i speak to an agent | how do i pay
        can i have my bill in arabic | do your engineers speak arabic | i lost my sim card
        i said goodbye to my old company | a person came to my home
        the fault comes again and again | i need someone to repair my router
        what is the language of the bill | the other number is not working
        i want to repeat the payment | the customer service line is busy
        can the engineer call again | that is all wrong my bill is high
        i do not want to speak to an agent
        موظفكم قال لي الفاتورة غلط | دفعت مرة ثانية | هل الفاتورة بالإنجليزية | السلام عليكم
        هل يتكلم المهندس العربية | متى أقدر أكلم موظف | الموظف ما رد علي | كم غرامة التأخير
        أريد لغة الفاتورة بالعربية | ابغى احد يصلح النت | سلام عليكم كم رصيدي
        انقطعت الكهرباء مرة ثانية | شكوى على موظف | خصمتوا مني مرة ثانية
        كل شيء غالي عندكم | خلاص دفعت الفاتورة متى ترجع الخدمة
        """,
}
ROWS = [
    (text.strip(), wish)
    for wish, texts in UTTERED.items()
    for line in texts.strip().splitlines()
    for text in line.split("|")
]


@pytest.mark.parametrize(("text", "wish"), ROWS)
def test_a_turn_is_the_wish_it_utters_or_none(text: str, wish: Wish | None) -> None:
    assert wish_of(text) == wish


@pytest.mark.parametrize("text", ["", "   ", "؟", "agent " * 40])
def test_nothing_and_noise_are_no_wish(text: str) -> None:
    assert wish_of(text) is None
