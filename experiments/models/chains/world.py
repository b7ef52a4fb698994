"""The world of the chains: its words, and the one thing that the model knows by heart, which material a thing is of."""

NAMES = [
    "Ann", "Bob", "Carl", "Dora", "Eve", "Finn", "Gus", "Hana", "Ian", "Jane", "Kurt", "Lena", "Max", "Nina", "Otto",
    "Pia", "Rosa", "Sven", "Tara", "Zoe",
]

NUMBERS = ["zero", "one", "two", "three", "four", "five"]

# thing: its material. Nothing in a text says it.
MATERIALS = {
    "bell": "brass", "lamp": "brass", "key": "iron", "pan": "iron", "drum": "wood", "flute": "wood",
    "cup": "clay", "jar": "clay", "vase": "glass", "lens": "glass", "scarf": "wool", "sock": "wool",
}
THINGS = list(MATERIALS)
