event.listen(engine, "connect", print)
