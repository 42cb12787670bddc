package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** With the same arguments, nbdkit and nbd-core give libnbd the same replies. */
@Tag("heavy")
class PeerPluginsIT {

  /** Prints what an export is like, how requests end, and what it holds. */
  private static final String PROBE =
      """
      import hashlib, nbd, sys

      def attempt(name, request):
          try:
              print(name, request())
          except nbd.Error as e:
              print(name, e.errno)

      def extents(context, offset, entries, error):
          # The last one may go beyond what was asked for, with both as far.
          print(context, offset, entries)

      h = nbd.NBD()
      h.set_opt_mode(True)
      h.connect_uri(sys.argv[1])
      attempt("list", lambda: h.opt_list(lambda name, text: print(repr(name), repr(text))))
      h.opt_abort()

      h = nbd.NBD()
      h.set_request_block_size(False)
      h.set_full_info(True)
      h.add_meta_context("base:allocation")
      h.connect_uri(sys.argv[1])
      size = h.get_size()
      print(size, [h.get_block_size(i) for i in range(3)])
      attempt("description", h.get_export_description)
      for can in ("is_read_only", "is_rotational", "can_flush", "can_fua", "can_trim", "can_zero",
                  "can_fast_zero", "can_cache", "can_multi_conn"):
          print(can, getattr(h, can)())
      h.set_strict_mode(0)
      if size > 0:
          count = min(size, 65536)
          attempt("read", lambda: hashlib.md5(h.pread(count, 0)).hexdigest())
          attempt("last", lambda: h.pread(1, size - 1))
          print(h.can_meta_context("base:allocation"))
          attempt("extents", lambda: h.block_status(count, 0, extents))
          data = bytes(i % 251 for i in range(count // 2))
          attempt("write", lambda: h.pwrite(data, count // 4))
          attempt("fua", lambda: h.pwrite(data[:1], 0, nbd.CMD_FLAG_FUA))
          attempt("zero", lambda: h.zero(count // 8, count // 4))
          attempt("no hole", lambda: h.zero(1 + count // 16, count // 2, nbd.CMD_FLAG_NO_HOLE))
          attempt("trim", lambda: h.trim(1, 1))
          attempt("flush", h.flush)
          attempt("cache", lambda: h.cache(1, 1))
          attempt("again", lambda: hashlib.md5(h.pread(count, 0)).hexdigest())
      h.shutdown()
      """;

  @RegisterExtension final Sandbox box = new Sandbox();

  private Path probe;

  @BeforeEach
  void writeProbe() throws IOException {
    probe = Files.writeString(box.file("probe.py"), PROBE);
  }

  /** Runs the probe under both; returns what both printed. */
  private String assertSameOutput(Path input, String... words) {
    List<String> arguments = new ArrayList<>(List.of(words));
    arguments.addAll(List.of("--run", "exec " + Client.PYTHON.path() + " " + probe + " \"$uri\""));
    List<String> peer = new ArrayList<>(Client.NBDKIT.with("-U", "-"));
    peer.addAll(arguments);
    List<String> ours = new ArrayList<>(List.of(Distribution.built().command("nbd-core")));
    ours.addAll(arguments);
    ProcessBuilder theirs = box.builder(peer).redirectInput(input.toFile());
    Ran expected = box.run(theirs, Programs.TIMEOUT).succeeded();
    Ran seen = box.run(box.ours(ours).redirectInput(input.toFile()), Programs.TIMEOUT).succeeded();
    assertThat(seen.out()).as("%s%nafter%n%s", seen, expected).isEqualTo(expected.out());
    return seen.out();
  }

  private String assertSameOutput(String... words) {
    return assertSameOutput(Path.of("/dev/null"), words);
  }

  @Test
  void evalServesAFileAsTheManualShows() throws IOException {
    byte[] disk = new byte[100_000];
    disk[5] = 7;
    Files.write(box.file("disk"), disk);
    // a copy, because both servers write to it
    String seen =
        assertSameOutput(
            "eval",
            "config=cp \"$(realpath \"$3\")\" $tmpdir/file",
            "get_size=stat -Lc %s $tmpdir/file",
            "pread=dd if=$tmpdir/file skip=$4 count=$3 iflag=count_bytes,skip_bytes",
            "pwrite=dd of=$tmpdir/file seek=$4 conv=notrunc oflag=seek_bytes",
            "file=" + box.file("disk"));
    assertThat(seen).contains("100000 [").contains("write None").contains("flush EINVAL");
  }

  @Test
  void inlineScriptOfTheManualServesZeroes() throws IOException {
    Path script = box.file("inline");
    Files.writeString(
        script,
        """
          case "$1" in
            get_size) echo 1M ;;
            pread) dd if=/dev/zero count=$3 iflag=count_bytes ;;
            *) exit 2 ;;
          esac
        """);
    assertThat(assertSameOutput(script, "sh", "-"))
        .contains("is_read_only True")
        .contains("write EPERM");
  }

  /** A script with every method, which records each call but the queries of capabilities. */
  @Test
  void scriptWithEveryMethodIsCalledTheSameWay() throws IOException {
    Path script = box.file("every.sh");
    Files.writeString(
        script,
        """
        #!/bin/sh
        disk=$tmpdir/disk
        [ "$1" = load ] || case "$1" in
          can_*|is_*|get_size|block_size|export_description|thread_model) ;;
          *) echo "$@" >>$tmpdir/calls ;;
        esac
        case "$1" in
          load|get_ready|after_fork|preconnect|config_complete|close) ;;
          unload) grep -v 'list_exports\\|default_export\\|^open\\|^close\\|^preconnect\\|^unload' \\
                    $tmpdir/calls >"$(cat $tmpdir/into)" ;;
          magic_config_key) echo into ;;
          config) echo "$3" >$tmpdir/into; truncate -s 70000 $disk ;;
          thread_model) echo serialize_requests ;;
          list_exports) printf 'INTERLEAVED\\none\\nThe first\\ntwo\\nThe second\\n' ;;
          default_export) echo one ;;
          open) echo "H-$3" ;;
          get_size) stat -c %s $disk ;;
          block_size) echo 1 8k 1M ;;
          export_description) echo "A script's disk" ;;
          is_rotational|can_write|can_flush|can_trim|can_zero|can_extents|can_multi_conn) ;;
          can_fast_zero) exit 3 ;;
          can_fua|can_cache) echo native ;;
          pread) dd if=$disk skip=$4 count=$3 iflag=count_bytes,skip_bytes 2>/dev/null ;;
          pwrite) dd of=$disk seek=$4 conv=notrunc oflag=seek_bytes 2>/dev/null ;;
          zero) case "$5" in
                  *may_trim*) fallocate -p -o $4 -l $3 -n $disk ;;
                  *) echo ENOTSUP >&2; exit 1 ;;
                esac ;;
          trim) echo 'ENOSPC not today' >&2; exit 1 ;;
          flush|cache) ;;
          extents) printf '0 4k\\n4k 100k hole,zero\\n' ;;
          *) exit 2 ;;
        esac
        """);
    assertThat(script.toFile().setExecutable(true)).isTrue();
    Path calls = box.file("calls");
    String seen = assertSameOutput("sh", script.toString(), calls.toString());
    assertThat(seen)
        .contains("'one' 'The first'", "trim ENOSPC", "is_rotational True", "A script's disk")
        .contains("base:allocation 0 [4096, 0, 65904, 3]");
    String ours = Files.readString(calls);
    assertThat(ours)
        .contains("config into " + calls, "pread H-one 65536 0", "zero H-one 8192 16384 may_trim");
    List<String> again =
        Client.NBDKIT.with(
            "-U", "-", "sh", script.toString(), calls.toString(), "--run", probeCommand());
    box.run(box.builder(again), Programs.TIMEOUT).succeeded();
    assertThat(ours).isEqualTo(Files.readString(calls));
  }

  private String probeCommand() {
    return "exec " + Client.PYTHON.path() + " " + probe + " \"$uri\"";
  }

  @Test
  void dataDisksAreThoseOfNbdkit() throws IOException {
    Path file = Files.writeString(box.file("part"), "a file's contents");
    String text =
        """
        0 1 0x1f 0377 "Hello\\n\\"\\\\" le16:0x1ff be32:7 le64:18446744073709551615   # comment
        @^64 ( 0x55 0xaa )*16 -> \\pair \\pair ( @6 le16:0xaa55 ) -> \\sector \\sector*3
        <%s @+10 <%s[2:6]*2 @-3 9 $word*3 $word[1:]
        <( printf '%%s' '(nested)' ) <( while :; do printf 0123; done )[:33]
        ( 1 @4 )*5[3:12] @200 0x77*100 @210 ( @40 1 ) @^512 @40960 1
        """
            .formatted(file, file);
    String seen = assertSameOutput("data", text, "word=7 le16:8", "size=1M");
    assertThat(seen).contains("1048576 [").contains("write None");
    assertThat(assertSameOutput("data", text, "word=\"abc\"")).doesNotContain("1048576 [");
    assertThat(assertSameOutput("data", "base64=MTIz", "size=1000"))
        .contains("last bytearray(b'\\x00')");
    assertThat(assertSameOutput("data", "raw=Hello, world!")).contains("last bytearray(b'!')");
  }

  @Test
  void patternFullAndZeroDisksAreThoseOfNbdkit() {
    assertThat(assertSameOutput("pattern", "1000003", "-r")).contains("is_read_only True");
    assertThat(assertSameOutput("full", "1M")).contains("write ENOSPC", "trim ENOSPC");
    assertThat(assertSameOutput("zero")).startsWith("'' ''").contains("0 [");
  }
}
