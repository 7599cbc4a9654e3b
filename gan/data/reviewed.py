"""What a person saw that the measures of `gan.data.plain` did not.

Names are those of the Clothing dataset's files, without suffix; other people's garments are not affected.
"""

NOT_PLAIN = frozenset(
    {
        # A pattern tone in tone: checks, stripes, dots, lettering.
        *("blouse-0005", "dress-0009", "polo-0028", "polo-0042", "shirt-0083", "shirt-0086", "tshirt-0101"),
        *("tshirt-0146", "undershirt-0003", "dress-0126", "shorts-0043", "tshirt-0023"),
        # Dyed in a gradient, or worn pale.
        *("longsleeve-0047", "skirt-0044"),
        # Another piece or the ground taken for cloth.
        *("dress-0089", "hat-0013", "longsleeve-0035", "longsleeve-0082", "longsleeve-0148", "shirt-0093"),
        "shorts-0076",
    }
)
"""Pieces that no exact pair must be made of: what is drawn on them would be taught as light."""

ALSO_PLAIN = frozenset(
    {
        # Saturated dyes whose chroma follows the light, satin, knitwear, buttons, seams.
        *("blazer-0011", "blazer-0020", "blazer-0028", "blazer-0051", "blazer-0056", "blazer-0057"),
        *("blazer-0059", "blouse-0002", "dress-0021", "dress-0045", "dress-0074", "dress-0080"),
        *("dress-0096", "dress-0108", "dress-0130", "hat-0021", "hat-0025", "hat-0032", "hoodie-0031"),
        *("hoodie-0052", "hoodie-0056", "longsleeve-0010", "longsleeve-0028", "longsleeve-0050"),
        *("longsleeve-0063", "longsleeve-0073", "longsleeve-0074", "longsleeve-0076", "longsleeve-0097"),
        *("longsleeve-0121", "longsleeve-0146", "longsleeve-0150", "longsleeve-0151", "longsleeve-0155"),
        *("longsleeve-0164", "outwear-0010", "outwear-0014", "outwear-0028", "outwear-0036"),
        *("outwear-0045", "outwear-0055", "outwear-0065", "outwear-0084", "outwear-0085", "outwear-0092"),
        *("outwear-0097", "outwear-0103", "outwear-0125", "pants-0020", "pants-0023", "pants-0024"),
        *("pants-0032", "pants-0071", "pants-0081", "pants-0133", "polo-0018", "polo-0040", "shirt-0016"),
        *("shirt-0021", "shirt-0024", "shirt-0031", "shirt-0042", "shirt-0043", "shirt-0052", "shirt-0059"),
        *("shirt-0062", "shirt-0067", "shirt-0080", "shirt-0084", "shirt-0105", "shirt-0118"),
        *("shorts-0003", "shorts-0032", "shorts-0051", "skirt-0008", "skirt-0011", "skirt-0027"),
        *("skirt-0029", "skirt-0033", "skirt-0059", "skirt-0066", "top-0024", "tshirt-0067", "tshirt-0084"),
        *("tshirt-0104", "tshirt-0149", "tshirt-0167", "undershirt-0002"),
    }
)
"""Pieces of one dye without anything on them, which the measures take for more: what is seen on them is light."""

NOT_PATTERNED = frozenset(
    {
        # Satin, leather, fur, worn denim, saturated dyes whose ratios change in the shade, linings, shoes, panels.
        *("blazer-0004", "blazer-0020", "blazer-0021", "blazer-0038", "blazer-0043", "blazer-0046"),
        *("blazer-0054", "blazer-0057", "blazer-0060", "blouse-0008", "dress-0026", "dress-0032"),
        *("dress-0046", "dress-0056", "dress-0070", "dress-0082", "dress-0085", "dress-0090"),
        *("dress-0097", "dress-0108", "dress-0150", "hat-0003", "hat-0011", "hat-0019", "hoodie-0004"),
        *("hoodie-0011", "hoodie-0012", "hoodie-0034", "hoodie-0039", "hoodie-0052", "longsleeve-0033"),
        *("longsleeve-0071", "longsleeve-0074", "longsleeve-0075", "longsleeve-0090", "longsleeve-0097"),
        *("longsleeve-0122", "longsleeve-0123", "longsleeve-0144", "longsleeve-0157", "longsleeve-0167"),
        *("outwear-0019", "outwear-0023", "outwear-0029", "outwear-0035", "outwear-0036", "outwear-0044"),
        *("outwear-0045", "outwear-0061", "outwear-0073", "outwear-0078", "outwear-0079", "outwear-0083"),
        *("outwear-0085", "outwear-0089", "outwear-0097", "outwear-0110", "pants-0014", "pants-0032"),
        *("pants-0040", "pants-0053", "pants-0054", "pants-0060", "pants-0066", "pants-0074"),
        *("pants-0080", "pants-0085", "pants-0086", "pants-0103", "pants-0131", "polo-0010", "shirt-0077"),
        *("shirt-0104", "shirt-0117", "shirt-0118", "shoes-0003", "shoes-0006", "shoes-0009"),
        *("shoes-0014", "shoes-0016", "shoes-0018", "shoes-0019", "shoes-0021", "shoes-0024"),
        *("shoes-0026", "shoes-0027", "shoes-0034", "shoes-0036", "shoes-0042", "shoes-0046"),
        *("shorts-0008", "shorts-0011", "shorts-0019", "shorts-0021", "shorts-0027", "shorts-0034"),
        *("shorts-0038", "shorts-0048", "shorts-0049", "shorts-0055", "shorts-0074", "shorts-0081"),
        *("top-0002", "tshirt-0002", "tshirt-0029", "tshirt-0110", "tshirt-0148"),
    }
)
"""Pieces without a print, whatever their edges: discriminators heard on them iron out what is gloss or wear."""

NOT_UNDYED = frozenset(
    {
        # Lettering, checks, stripes and trimmings that are still seen, noise of black cloth, folds that are gone with a
        # dense print, the ground taken for cloth.
        *("blazer-0019", "dress-0009", "dress-0027", "dress-0041", "dress-0051", "dress-0062", "dress-0079"),
        *("dress-0084", "dress-0091", "dress-0100", "dress-0101", "dress-0105", "dress-0113", "dress-0146"),
        *("dress-0154", "hat-0002", "hat-0005", "hat-0009", "hat-0011", "hat-0017", "hat-0022", "hat-0023"),
        *("hat-0028", "hat-0034", "hoodie-0009", "longsleeve-0043", "longsleeve-0044", "longsleeve-0055"),
        *("longsleeve-0060", "longsleeve-0062", "longsleeve-0068", "longsleeve-0071", "longsleeve-0075"),
        *("longsleeve-0081", "longsleeve-0082", "longsleeve-0093", "longsleeve-0106", "longsleeve-0107"),
        *("longsleeve-0148", "longsleeve-0159", "longsleeve-0161", "outwear-0007", "outwear-0009", "outwear-0030"),
        *("outwear-0044", "outwear-0053", "outwear-0070", "outwear-0079", "outwear-0123", "pants-0010"),
        *("pants-0014", "pants-0031", "pants-0035", "pants-0054", "pants-0058", "pants-0059", "pants-0060"),
        *("pants-0066", "pants-0085", "pants-0102", "pants-0127", "pants-0131", "polo-0010", "polo-0019"),
        *("polo-0021", "polo-0030", "polo-0032", "polo-0042", "polo-0053", "shirt-0004", "shirt-0014"),
        *("shirt-0018", "shirt-0020", "shirt-0030", "shirt-0053", "shirt-0069", "shirt-0086", "shirt-0110"),
        *("shirt-0117", "shoes-0007", "shoes-0011", "shoes-0014", "shoes-0016", "shoes-0048", "shorts-0001"),
        *("shorts-0011", "shorts-0019", "shorts-0020", "shorts-0023", "shorts-0047", "shorts-0052", "shorts-0055"),
        *("shorts-0067", "shorts-0077", "skirt-0046", "skirt-0063", "top-0001", "top-0016", "top-0017"),
        *("top-0025", "tshirt-0020", "tshirt-0023", "tshirt-0025", "tshirt-0029", "tshirt-0034", "tshirt-0037"),
        *("tshirt-0041", "tshirt-0047", "tshirt-0053", "tshirt-0058", "tshirt-0059", "tshirt-0073", "tshirt-0077"),
        *("tshirt-0082", "tshirt-0091", "tshirt-0098", "tshirt-0120", "tshirt-0121", "tshirt-0133", "tshirt-0139"),
        *("tshirt-0142", "tshirt-0150", "tshirt-0156", "tshirt-0158", "tshirt-0159", "tshirt-0168", "tshirt-0186"),
        *("tshirt-0190", "undershirt-0003", "undershirt-0005", "undershirt-0008", "undershirt-0009"),
        *("undershirt-0026", "undershirt-0031", "undershirt-0038"),
    }
)
"""Pieces on which the shipped generator took more than light for light, or less: no pairs are made of them undyed."""
