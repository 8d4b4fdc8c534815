"""Augmentation: other pictures of the same thing, computed on the device inside a training step.

::

    _arguments   what is checked everywhere: keys, ranges, parameters per image
    _resample    the one gather behind every geometric function: fill modes, interpolation
    _looks       rotation, shear, zoom and their composition as matrices
    _geometry    affine_transform, rotate, shift, shear, zoom
    _windows     flip, crop, cutout
    _pixels      brightness, contrast
    _mixing      mixup, cutmix: two images and their labels
    _random      random rotation, shear, shift, zoom
    _affine      all of them in one resampling, the course's preset
    _compose     several augmentations as one
"""

from jaxcnn.functional._augment._affine import course_augmentation, random_affine
from jaxcnn.functional._augment._compose import compose
from jaxcnn.functional._augment._geometry import affine_transform, rotate, shear, shift, zoom
from jaxcnn.functional._augment._mixing import cutmix, mixup, random_cutmix, random_mixup
from jaxcnn.functional._augment._pixels import (
    adjust_brightness,
    adjust_contrast,
    random_brightness,
    random_contrast,
)
from jaxcnn.functional._augment._random import (
    random_rotation,
    random_shear,
    random_shift,
    random_zoom,
)
from jaxcnn.functional._augment._windows import (
    crop,
    cutout,
    flip,
    random_crop,
    random_cutout,
    random_flip,
)

__all__ = [
    "adjust_brightness",
    "adjust_contrast",
    "affine_transform",
    "compose",
    "course_augmentation",
    "crop",
    "cutmix",
    "cutout",
    "flip",
    "mixup",
    "random_affine",
    "random_brightness",
    "random_contrast",
    "random_crop",
    "random_cutmix",
    "random_cutout",
    "random_flip",
    "random_mixup",
    "random_rotation",
    "random_shear",
    "random_shift",
    "random_zoom",
    "rotate",
    "shear",
    "shift",
    "zoom",
]
