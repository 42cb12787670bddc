#: before
write("keys.psk", b"alice:" + b"ab" * 32 + b"\n")
#: --tls=on --tls-psk={dir}/keys.psk memory 1M --filter=tls-fallback 'tlsreadme=Please encrypt'
#- --filter=tls-fallback tlsreadme
plain = connect("anything")
assert plain.get_size() == 512 and plain.is_read_only()
assert plain.pread(512, 0) == b"Please encrypt" + bytes(498)
h = nbd.NBD()
h.set_tls(nbd.TLS_REQUIRE)
h.set_tls_psk_file(dir + "/keys.psk")
h.set_tls_username("alice")
h.connect_unix(os.environ["unixsocket"])
assert h.get_size() == M
