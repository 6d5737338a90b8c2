"""A trunk's codecs in the SDP that PJSUA made for all of them."""

from sipagent.sip.sdp import offers, with_codecs

OURS = (
    "v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=pjmedia\r\nt=0 0\r\n"
    "m=audio 4000 RTP/AVP 8 0 9 96 101\r\nc=IN IP4 10.0.0.1\r\n"
    "a=rtcp:4001 IN IP4 10.0.0.1\r\na=sendrecv\r\n"
    "a=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:9 G722/8000\r\n"
    "a=rtpmap:96 opus/48000/2\r\na=fmtp:96 useinbandfec=1\r\n"
    "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:20\r\n"
)


def audio(sdp: str) -> str:
    return next(line for line in sdp.split("\r\n") if line.startswith("m=audio"))


def test_the_codecs_of_the_trunk_stand_in_its_order_and_the_events_last() -> None:
    changed = with_codecs(OURS, ["PCMU", "PCMA"], 20)
    assert audio(changed) == "m=audio 4000 RTP/AVP 0 8 101"
    assert "opus" not in changed
    assert "G722" not in changed
    assert "useinbandfec" not in changed
    assert "a=fmtp:101 0-16\r\n" in changed


def test_names_are_compared_without_case_and_dynamic_numbers_by_name() -> None:
    assert audio(with_codecs(OURS, ["opus", "G722"], 20)) == "m=audio 4000 RTP/AVP 96 9 101"


def test_what_is_not_about_codecs_stays() -> None:
    changed = with_codecs(OURS, ["PCMU", "PCMA", "G722", "opus"], 30)
    assert "a=ptime:30\r\n" in changed
    assert changed.count("\r\n") == OURS.count("\r\n")
    assert "a=rtcp:4001 IN IP4 10.0.0.1\r\na=sendrecv\r\n" in changed


def test_a_static_payload_needs_no_map() -> None:
    bare = "v=0\r\nm=audio 4000 RTP/SAVP 8 0\r\n"
    assert audio(with_codecs(bare, ["PCMU"], 20)) == "m=audio 4000 RTP/SAVP 0"


def test_without_audio_or_a_common_codec_nothing_changes() -> None:
    for sdp in ("v=0\r\nm=image 4000 udptl t38\r\n", "v=0\r\nm=audio 0 RTP/AVP 18\r\n", ""):
        assert with_codecs(sdp, ["PCMU"], 20) == sdp


def test_other_media_keep_their_codecs_whatever_their_numbers() -> None:
    """A dynamic number means one thing in one section and another in the next."""
    video = "m=video 0 RTP/AVP 96 97\r\na=rtpmap:96 H264/90000\r\na=fmtp:97 profile=1\r\n"
    head, audio_line, rest = OURS.partition("m=audio")
    changed = with_codecs(head + video + audio_line + rest, ["PCMU"], 30)
    assert changed.startswith(head + video)
    assert audio(changed) == "m=audio 4000 RTP/AVP 0 101"
    assert "opus" not in changed


def test_an_offer_is_ours_where_one_of_its_audio_lines_has_a_codec_of_ours() -> None:
    assert offers(OURS, ["opus"])
    assert not offers(OURS.replace("opus", "speex"), ["opus"])
    assert offers("v=0\r\nm=audio 4000 RTP/AVP 0\r\n", ["PCMU"])
    assert not offers("v=0\r\nm=video 4000 RTP/AVP 0\r\n", ["PCMU"])
    assert not offers("", ["PCMU"])
