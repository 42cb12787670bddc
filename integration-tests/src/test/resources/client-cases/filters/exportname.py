#: file dir={dir}/disks --filter=exportname default-export=two exportname-list=explicit exportname-strict=true exportname=two exportname=three exportdesc=fixed:hello
#- --filter=exportname default-export exportname-list exportname-strict exportname exportdesc
h = connect("")
assert h.pread(3, 0) == b"two"
assert exports() == {"two": "hello", "three": "hello"}, exports()
fails(None, connect, "one")
