#: before
write("secret", b"SECRET\nand more\n")
made = dir + "/../made-by-qemu"  # which takes its time, so once for all runs
if not os.path.exists(made):
    sh("qemu-img create -q -f luks --object secret,data=SECRET,id=s -o key-secret=s,iter-time=10 %s 1M" % made)
    sh("cd %s && qemu-img convert -q -n -f raw disk --object secret,data=SECRET,id=s --target-image-opts driver=luks,key-secret=s,file.filename=%s" % (dir, made))
sh("cp %s %s/container" % (made, dir))
#: file {dir}/container --filter=luks passphrase=+{dir}/secret
#- --filter=luks passphrase=+/dev/null
h = connect()
assert h.get_size() == M
assert read_all(h) == contents("disk")
h.pwrite(PATTERN[:300 * K], 64 * K)
h.zero(512, 1024)
h.flush()
assert connect().pread(64 * K, 0) == contents("disk")[:1024] + bytes(512) + contents("disk")[1536:64 * K]
#: after
sh("cd %s && qemu-img convert -q -O raw --object secret,data=SECRET,id=s --image-opts driver=luks,key-secret=s,file.filename=container plain" % dir)
expected = bytearray(contents("disk"))
expected[64 * K:364 * K] = PATTERN[:300 * K]
expected[1024:1536] = bytes(512)
assert contents("plain") == expected

#: before
write("container", b"LUKS\xba\xbe\0\2" + bytes(M))
#: file {dir}/container --filter=luks passphrase=SECRET
#- --filter=luks
fails(None, connect)
