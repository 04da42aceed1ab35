"""Arguments of every shape, with the characters that escapes are about."""

from __future__ import annotations

from hypothesis import strategies as st

TEXT = st.text(alphabet=st.sampled_from('ab"\\/\n\t\u00e9\u2028\U0001f600{}[],: '), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
OBJECTS = st.dictionaries(TEXT, VALUES, max_size=5)
