class Queries:
    def __init__(self, r, piezo): pass
