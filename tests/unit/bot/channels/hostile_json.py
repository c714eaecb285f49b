"""JSON that nobody would send in good faith."""

from __future__ import annotations

from hypothesis import strategies as st

#: Half of a surrogate pair, NUL and friends, which json.loads lets through.
TEXTS = st.text(st.characters(exclude_categories=[]), max_size=12)
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=True), TEXTS, st.just(1 << 80)
)


def json_with(
    keys: tuple[str, ...], values: tuple[object, ...] = (), leaves_at_most: int = 25
) -> st.SearchStrategy[object]:
    """Any JSON, in which the words that a reader looks for are frequent."""
    names = st.one_of(st.sampled_from(keys), TEXTS)
    leaves = st.one_of(SCALARS, st.sampled_from(values)) if values else SCALARS
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3), st.dictionaries(names, inner, max_size=6)
        ),
        max_leaves=leaves_at_most,
    )
