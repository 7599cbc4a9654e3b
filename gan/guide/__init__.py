"""Lays the style's pixels over the garment: as cloth (print), as brushwork (paint), as colours (palette).

    cloth = prepare_style(style)            # once per style, cached
    form = analyse_garment(garment, alpha)  # once per garment
    for plan in plan_variants(cloth, form, request):
        guide = lay_guide(cloth, form, plan.mode, plan.scale, plan.angle, plan.seed)

A guide is flat cloth that the generator gives the garment's light to; where `carries_shading(mode)` holds, it is a
finished picture and must not be shaded again.
"""

from gan.guide.cloth import StyleCloth, prepare_style
from gan.guide.form import GarmentForm, analyse_garment
from gan.guide.laying import carries_shading, lay_guide
from gan.guide.planning import VariantPlan, plan_variants

__all__ = [
    "GarmentForm",
    "StyleCloth",
    "VariantPlan",
    "analyse_garment",
    "carries_shading",
    "lay_guide",
    "plan_variants",
    "prepare_style",
]
