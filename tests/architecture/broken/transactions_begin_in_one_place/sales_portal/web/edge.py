def _begin():
    reading.set(True)
