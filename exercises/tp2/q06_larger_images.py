"""FR: Question 6, une image plus grande que prévu.

Un réseau est une liste de couches, chacune un dictionnaire :

- ``{"kind": "conv", "channels": c, "features": f, "kernel": k, "stride": s, "padding": p}`` :
  f filtres carrés k × k, aussi profonds que c canaux, p zéros ajoutés de chaque côté ;
- ``{"kind": "pool", "window": k, "stride": s}`` : pooling, sans poids ;
- ``{"kind": "global_pool"}`` : une seule valeur par canal ;
- ``{"kind": "flatten"}`` : toutes les valeurs bout à bout ;
- ``{"kind": "dense", "inputs": n, "units": m}`` : m neurones, reliés chacun à n entrées.

Une forme est un tuple : (hauteur, largeur, canaux) pour une image, (n,) pour un vecteur.

EN: Question 6, a larger image than planned.

A network is a list of layers, each a dictionary:

- ``{"kind": "conv", "channels": c, "features": f, "kernel": k, "stride": s, "padding": p}``:
  f square k × k filters, as deep as c channels, p zeros added on each side;
- ``{"kind": "pool", "window": k, "stride": s}``: pooling, no weights;
- ``{"kind": "global_pool"}``: a single value for each channel;
- ``{"kind": "flatten"}``: all values end to end;
- ``{"kind": "dense", "inputs": n, "units": m}``: m neurons, each linked to n inputs.

A shape is a tuple: (height, width, channels) for an image, (n,) for a vector.
"""


def obstacle(layer: dict, shape: tuple) -> str | None:
    """FR: Ce qui empêche de calculer une couche sur une entrée de forme ``shape``.

    Renvoie "channels" si une convolution n'attend pas ce nombre de canaux ; sinon "too_small" si
    le filtre ou la fenêtre ne tient pas dans l'image (zéros ajoutés compris), en hauteur ou en
    largeur ; "inputs" si une couche dense n'attend pas ce nombre d'entrées ; ``None`` si la couche
    se calcule.

    EN: What prevents a layer from being computed on an input of shape ``shape``.

    Returns "channels" if a convolution does not expect that number of channels; otherwise
    "too_small" if the filter or window does not fit into the image (added zeros included), in
    height or in width; "inputs" if a dense layer does not expect that number of inputs; ``None``
    if the layer can be computed.
    """
    raise NotImplementedError


def layer_shape(layer: dict, shape: tuple) -> tuple:
    """FR: Forme de la sortie d'une couche que rien n'empêche de calculer.

    Le long d'un axe de N pixels, un filtre ou une fenêtre de taille K, au pas S, avec P zéros de
    chaque côté, donne (N + 2P - K) / S + 1 valeurs, arrondi vers le bas (P = 0 pour "pool").
    Renvoie un tuple d'entiers : (hauteur, largeur, canaux), ou (n,) après "global_pool",
    "flatten" et "dense".

    EN: Shape of the output of a layer that nothing prevents from being computed.

    Along an axis of N pixels, a filter or window of size K, with stride S and P zeros on each
    side, gives (N + 2P - K) / S + 1 values, rounded down (P = 0 for "pool"). Returns a tuple of
    integers: (height, width, channels), or (n,) after "global_pool", "flatten" and "dense".
    """
    raise NotImplementedError


def shapes(layers: list[dict], shape: tuple) -> list[tuple | None]:
    """FR: Forme de la sortie de chaque couche, l'une après l'autre.

    ``shape`` : forme de l'image (hauteur, largeur, canaux). Renvoie une liste aussi longue que
    ``layers`` ; à partir de la première couche qui ne se calcule pas, elle contient ``None``.

    EN: Shape of the output of each layer, one after the other.

    ``shape``: shape of the image (height, width, channels). Returns a list as long as ``layers``;
    from the first layer that cannot be computed on, it contains ``None``.
    """
    raise NotImplementedError


def first_failure(layers: list[dict], shape: tuple) -> tuple[int, str] | None:
    """FR: Où et pourquoi le calcul s'arrête.

    Renvoie (numéro de la première couche qui ne se calcule pas, compté à partir de 0 ; la raison
    donnée par ``obstacle``), ou ``None`` si tout le réseau se calcule.

    EN: Where and why the computation stops.

    Returns (number of the first layer that cannot be computed, counted from 0; the reason given
    by ``obstacle``), or ``None`` if the whole network can be computed.
    """
    raise NotImplementedError


def stranded_weights(layers: list[dict], shape: tuple) -> int:
    """FR: Nombre de poids du réseau que l'image ne peut pas mettre à profit.

    Additionne les poids (biais compris) de la première couche qui ne se calcule pas et de toutes
    celles qui la suivent ; 0 si tout se calcule.

    EN: Number of weights of the network that the image cannot put to use.

    Adds up the weights (biases included) of the first layer that cannot be computed and of all
    those after it; 0 if everything can be computed.
    """
    raise NotImplementedError


def working_sizes(layers: list[dict], channels: int, largest: int) -> list[int]:
    """FR: Côtés des images carrées sur lesquelles tout le réseau se calcule.

    Renvoie, en ordre croissant, tous les n de 1 à ``largest`` (compris) tels qu'une image
    (n, n, ``channels``) traverse toutes les couches.

    EN: Sides of the square images on which the whole network can be computed.

    Returns, in increasing order, all n from 1 to ``largest`` (included) such that an image
    (n, n, ``channels``) goes through all layers.
    """
    raise NotImplementedError
