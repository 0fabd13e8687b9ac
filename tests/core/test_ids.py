from __future__ import annotations

import re
from itertools import pairwise

from app.core import ids


def test_a_public_id_is_sixteen_signs_that_nobody_misreads() -> None:
    assert re.fullmatch(r"[a-kmnp-z2-9]{16}", ids.new_id())
    assert len(set(ids.ALPHABET)) == 32, "five bits a sign"


def test_public_ids_do_not_repeat_and_do_not_tell_their_order() -> None:
    made = [ids.new_id() for _ in range(2000)]
    assert len(set(made)) == 2000
    assert made != sorted(made)
    rising = sum(one < other for one, other in pairwise(made))
    assert 800 < rising < 1200
