#: memory size=1M
#- size=2M
assert connect().get_size() == M

#: memory size=1M allocator=malloc
#- allocator
h = connect()
assert extents(h, M) == [(M, 0)]

#: before
write("locked", b"%d" % status("VmLck"))
#: memory size=1M allocator=malloc,mlock=true
#- allocator=malloc
h = connect()
assert status("VmLck") >= int(text("locked")) + 1024
