#: before
write("secret", b"SECRET\nand more\n")
made = dir + "/../made-by-qemu"  # which takes its time, so once for all runs
if not os.path.exists(made):
    fresh = made + ".new"
    create = "qemu-img create -q -f luks --object secret,data=SECRET,id=s -o key-secret=s,iter-time=10 %s 1M" % fresh
    # QEMU 7.2 measures its key derivation in clock ticks; on a fast processor it often counts none and gives up.
    for attempt in range(200):
        ran = subprocess.run(create, shell=True, stderr=subprocess.PIPE, text=True)
        if "Unable to get accurate CPU usage" not in ran.stderr:
            break
    assert ran.returncode == 0, ran.stderr
    sh("cd %s && qemu-img convert -q -n -f raw disk --object secret,data=SECRET,id=s --target-image-opts driver=luks,key-secret=s,file.filename=%s" % (dir, fresh))
    os.rename(fresh, made)
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
write("secret", b"SECRET")
made = dir + "/../made-by-cryptsetup"  # which takes its time, so once for all runs
if not os.path.exists(made):
    write("plain", contents("disk") + bytes(33 * M))
    sh("cryptsetup reencrypt --encrypt -q --type luks2 --sector-size 4096 --reduce-device-size 32M --pbkdf argon2id --pbkdf-memory 32768"
       " --pbkdf-parallel 2 --pbkdf-force-iterations 4 --key-file %s/secret %s/plain 2>&1" % (dir, dir))
    os.rename(dir + "/plain", made)
sh("cp %s %s/container" % (made, dir))
#: file {dir}/container --filter=luks passphrase=+{dir}/secret
#- --filter=luks passphrase=+/dev/null
h = connect()
assert h.get_size() == 18 * M
assert h.get_block_size(nbd.SIZE_MINIMUM) == 4096
assert h.pread(M, 0) == contents("disk")
assert h.pread(M, M) == bytes(M)
h.pwrite(PATTERN[:300 * K], 64 * K)
h.zero(4096, 4096)
h.flush()
expected = bytearray(contents("disk"))
expected[64 * K:364 * K] = PATTERN[:300 * K]
expected[4096:8192] = bytes(4096)
assert connect().pread(M, 0) == expected

#: before
write("container", b"LUKS\xba\xbe\0\3" + bytes(M))
#: file {dir}/container --filter=luks passphrase=SECRET
#- --filter=luks
fails(None, connect)
