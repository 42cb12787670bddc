#: memory 1M --filter=limit
#- --filter=limit
h = connect()
fails(None, connect)
h.shutdown()
eventually(opens)

#: memory 1M --filter=limit limit=2
#- limit
first, second = connect(), connect()
fails(None, connect)
