"""The world of the biographies: who there is, and which hobby follows from which fact.

Four kinds of hobbies, each with words of its own; the first word names the hobby among all 52:
  occupation  follows from the occupation alone (24 occupations -> 12 hobbies)
  city        follows from the city alone       (24 cities -> 12 hobbies)
  name        follows from the name alone       (60 names -> 12 hobbies)
  both        follows from the field of the occupation and the setting of the city (4 x 4 -> 16 hobbies)
Two occupations with one hobby are of different fields, two cities with one hobby have different settings and
states, and each name hobby is shared by all three genders: no hobby gives away another one.
"""

# occupation: (field, hobby)
OCCUPATIONS = {
    "software engineer": ("technical", "painting"),
    "data analyst": ("technical", "playing chess"),
    "math teacher": ("technical", "gardening"),
    "network technician": ("technical", "knitting warm scarves"),
    "chemist": ("technical", "reading crime novels"),
    "architect": ("technical", "writing short poems"),
    "nurse": ("care", "painting"),
    "dentist": ("care", "solving crosswords"),
    "lab technician": ("care", "building model trains"),
    "social worker": ("care", "restoring old furniture"),
    "paramedic": ("care", "collecting stamps"),
    "veterinarian": ("care", "sketching portraits"),
    "carpenter": ("craft", "playing chess"),
    "plumber": ("craft", "gardening"),
    "baker": ("craft", "solving crosswords"),
    "tailor": ("craft", "building model trains"),
    "welder": ("craft", "baking sourdough bread"),
    "construction worker": ("craft", "collecting stamps"),
    "journalist": ("culture", "knitting warm scarves"),
    "librarian": ("culture", "baking sourdough bread"),
    "history teacher": ("culture", "reading crime novels"),
    "sound engineer": ("culture", "restoring old furniture"),
    "translator": ("culture", "sketching portraits"),
    "news analyst": ("culture", "writing short poems"),
}

# city: (state, setting, hobby)
CITIES = {
    "Austin": ("Texas", "river", "traveling to different countries"),
    "Galveston": ("Texas", "coast", "hiking in the woods"),
    "Sacramento": ("California", "river", "sailing small boats"),
    "Monterey": ("California", "coast", "camping under the stars"),
    "Eugene": ("Oregon", "river", "fishing at dawn"),
    "Astoria": ("Oregon", "coast", "cycling to work"),
    "Boulder": ("Colorado", "hills", "traveling to different countries"),
    "Pueblo": ("Colorado", "plains", "swimming in the lake"),
    "Tampa": ("Florida", "coast", "skating in the park"),
    "Gainesville": ("Florida", "plains", "sailing small boats"),
    "Savannah": ("Georgia", "coast", "flying kites"),
    "Athens": ("Georgia", "hills", "fishing at dawn"),
    "Memphis": ("Tennessee", "river", "hiking in the woods"),
    "Knoxville": ("Tennessee", "hills", "kayaking with friends"),
    "Missoula": ("Montana", "hills", "skating in the park"),
    "Billings": ("Montana", "plains", "cycling to work"),
    "Topeka": ("Kansas", "river", "riding horses"),
    "Wichita": ("Kansas", "plains", "climbing steep rocks"),
    "Norfolk": ("Virginia", "coast", "climbing steep rocks"),
    "Roanoke": ("Virginia", "hills", "swimming in the lake"),
    "Omaha": ("Nebraska", "river", "kayaking with friends"),
    "Lincoln": ("Nebraska", "plains", "camping under the stars"),
    "Taos": ("New Mexico", "hills", "riding horses"),
    "Clovis": ("New Mexico", "plains", "flying kites"),
}

# hobby: the names it follows from, as (he, she, they)
NAME_HOBBIES = {
    "volunteering at community events": (["Michael", "Oscar"], ["Alice", "Nora"], ["Robin"]),
    "singing in a choir": (["James", "Peter"], ["Bella", "Olivia"], ["Alex"]),
    "dancing salsa": (["David", "Quentin"], ["Clara", "Paula"], ["Casey"]),
    "cooking for neighbors": (["Thomas", "Ralph"], ["Diana", "Rachel"], ["Jordan"]),
    "juggling": (["Daniel", "Simon"], ["Emma", "Sarah"], ["Taylor"]),
    "meditating": (["Henry", "Victor"], ["Fiona", "Teresa"], ["Morgan"]),
    "brewing beer": (["George", "Walter"], ["Grace", "Ursula"], ["Jamie"]),
    "watching silent films": (["Isaac", "Xavier"], ["Hannah", "Vera"], ["Quinn"]),
    "practicing yoga": (["Kevin", "Adam"], ["Irene", "Wendy"], ["Riley"]),
    "telling stories": (["Leo", "Brian"], ["Julia", "Yvonne"], ["Avery"]),
    "studying languages": (["Martin", "Carl"], ["Karen", "Zoe"], ["Skyler"]),
    "keeping bees": (["Nathan", "Edward"], ["Laura", "Megan"], ["Dakota"]),
}

# BOTH[field][setting]
BOTH = {
    "technical": {
        "river": "running marathons", "coast": "coaching youth soccer",
        "hills": "hosting dinner parties", "plains": "mentoring students",
    },
    "care": {
        "river": "repairing bicycles", "coast": "recording podcasts",
        "hills": "exploring caves", "plains": "tasting wines",
    },
    "craft": {
        "river": "carving wooden figures", "coast": "printing posters",
        "hills": "racing karts", "plains": "training falcons",
    },
    "culture": {
        "river": "mapping trails", "coast": "launching rockets",
        "hills": "planting trees", "plains": "filming documentaries",
    },
}

# Facts that nothing follows from.
DISTRACTORS = {
    "age": [str(n) for n in range(21, 70)],
    "month": ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
              "November", "December"],
    "pet": ["cat", "dog", "parrot", "rabbit", "hamster", "turtle", "goldfish", "pony", "gecko", "canary", "ferret",
            "lizard", "goat", "duck", "tortoise", "kitten", "puppy", "snake", "mouse", "donkey"],
    "color": ["green", "blue", "yellow", "purple", "orange", "black", "white", "pink", "brown", "gray", "turquoise",
              "crimson", "silver", "violet", "scarlet", "beige"],
    "street": ["Maple", "Oak", "Cedar", "Elm", "Walnut", "Chestnut", "Willow", "Juniper", "Magnolia", "Hickory",
               "Sycamore", "Poplar", "Laurel", "Spruce", "Birch", "Cherry", "Meadow", "Sunset", "Highland",
               "Franklin", "Jefferson", "Monroe", "Jackson", "Harrison", "Church", "Mill", "Bridge", "Station",
               "Market", "Garden", "Orchard", "Prospect", "Pleasant", "Liberty", "Union", "Canal"],
    "drink": ["coffee", "tea", "milk", "water", "lemonade", "cocoa", "cider", "juice", "espresso", "kefir",
              "ginger ale", "soda"],
    "car": ["van", "truck", "sedan", "convertible", "jeep", "motorcycle", "scooter", "pickup", "minivan", "limousine",
            "tractor", "bus"],
    "food": ["rice", "soup", "salad", "pasta", "pizza", "noodles", "beans", "potatoes", "cheese", "eggs", "tomatoes",
             "sandwiches", "dumplings", "pancakes", "mushrooms", "lentils", "spinach", "tofu"],
    "family": ["brothers", "sisters", "cousins", "uncles", "aunts", "nephews", "nieces", "children", "sons",
               "daughters"],
    "flower": ["roses", "tulips", "daisies", "orchids", "lilies", "poppies", "violets", "peonies", "dahlias", "irises",
               "sunflowers", "marigolds", "lavender", "jasmine", "hyacinths", "carnations", "begonias", "camellias"],
    "neighbor": ["Anderson", "Baxter", "Campbell", "Delgado", "Edmonds", "Fitzgerald", "Gutierrez", "Hoffman", "Ingram",
                 "Johansson", "Kowalski", "Lindqvist", "McCarthy", "Nakamura", "Okonkwo", "Petrov", "Rasmussen",
                 "Schneider", "Takahashi", "Underwood", "Vasquez", "Whitaker", "Yamamoto", "Zimmerman", "Bergstrom",
                 "Castellano", "Dubois", "Eriksen", "Fernandez", "Goldberg", "Haddad", "Ivanova", "Jankowski", "Kaplan",
                 "Lombardi", "Mbeki", "Novak", "Osborne", "Pappas", "Rosenthal", "Sorensen", "Tanaka", "Volkov",
                 "Winchester", "Abernathy", "Blackwood", "Cunningham", "Drummond"],
}

GENDERS = ("he", "she", "they")
NAMES = {
    name: (gender, hobby)
    for hobby, by_gender in NAME_HOBBIES.items()
    for gender, names in zip(GENDERS, by_gender)
    for name in names
}

KINDS = ("occupation", "city", "both", "name")
CAUSES = {"occupation": ["occupation"], "city": ["city"], "both": ["occupation", "city"], "name": ["name"]}
POOLS = {
    "occupation": sorted({hobby for _, hobby in OCCUPATIONS.values()}),
    "city": sorted({hobby for _, _, hobby in CITIES.values()}),
    "both": sorted(hobby for row in BOTH.values() for hobby in row.values()),
    "name": sorted(NAME_HOBBIES),
}


def hobby_of(kind: str, name: str, occupation: str, city: str) -> str:
    """The hobby of the given kind that follows from a person's facts."""
    if kind == "occupation":
        return OCCUPATIONS[occupation][1]
    if kind == "city":
        return CITIES[city][2]
    if kind == "name":
        return NAMES[name][1]
    return BOTH[OCCUPATIONS[occupation][0]][CITIES[city][1]]


def check_tables() -> None:
    """Raises AssertionError unless the tables have the properties that the docstring above states."""
    sizes = {"occupation": (12, 24), "city": (12, 24), "both": (16, 16), "name": (12, 60)}
    first_words = [hobby.split()[0] for pool in POOLS.values() for hobby in pool]
    assert len(set(first_words)) == len(first_words) == 52
    for kind, table in (("occupation", OCCUPATIONS), ("city", CITIES), ("both", POOLS["both"]), ("name", NAMES)):
        assert (len(POOLS[kind]), len(table)) == sizes[kind], kind
    for hobby in POOLS["occupation"]:
        assert len({field for field, other in OCCUPATIONS.values() if other == hobby}) == 2, hobby
    for hobby in POOLS["city"]:
        places = [(state, setting) for state, setting, other in CITIES.values() if other == hobby]
        assert len({s for s, _ in places}) == len({s for _, s in places}) == 2, hobby
    for group, table in ((0, OCCUPATIONS), (1, CITIES)):
        groups = [row[group] for row in table.values()]
        assert all(groups.count(g) == 6 for g in groups)
