"""``python -m jaxcnn``: the command where its folder is not on the path, as often on Windows."""

from jaxcnn.cli import main

if __name__ == "__main__":
    main()
