#: memory 1M --filter=exitlast
#- --filter=exitlast
connect().shutdown()
eventually(stopped)
