#: -v memory 1M --filter=nofilter
#- --filter=nofilter
connect()
#: after
assert "nofilter > memory" in text("messages")
