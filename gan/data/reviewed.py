"""What a person saw that the measures of `gan.data.plain` did not.

Names are those of the Clothing dataset's files, without suffix; other people's garments are not affected.
"""

NOT_PLAIN = frozenset(
    {
        # A pattern tone in tone: checks, stripes, dots, lettering.
        *("blouse-0005", "dress-0009", "polo-0028", "polo-0042", "shirt-0083", "shirt-0086", "tshirt-0101"),
        *("tshirt-0146", "undershirt-0003"),
        # Another piece or the ground taken for cloth.
        *("dress-0089", "hat-0013", "longsleeve-0035", "longsleeve-0082", "longsleeve-0148", "shirt-0093"),
        "shorts-0076",
    }
)
"""Pieces that no exact pair must be made of: what is drawn on them would be taught as light."""
