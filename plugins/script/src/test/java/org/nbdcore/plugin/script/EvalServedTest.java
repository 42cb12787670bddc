package org.nbdcore.plugin.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nbdcore.plugin.script.EvalDisk.result;
import static org.nbdcore.plugin.script.EvalDisk.serve;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nbdcore.client.NbdClient;
import org.nbdcore.client.NbdClientException;
import org.nbdcore.protocol.TransmissionFlags;
import org.nbdcore.testkit.server.PluginServer;

/** Each method as a client sees it. */
final class EvalServedTest {

  @ParameterizedTest(name = "{0}: {1} is {2}")
  @CsvSource(
      delimiter = '→',
      value = {
        "pread=exit 2                    → read  → EIO",
        "pread=exit 3                    → read  → EIO",
        "pread=echo -n a                 → read  → EIO",
        "pread=head -c 513 /dev/zero     → read  → EIO",
        "pread=cat /dev/zero             → read  → EIO",
        "pread=kill -9 $$                → read  → EIO",
        "pread=echo x >&2; head -c $3 /dev/zero → read → ok",
        "pread=seq 1 100000 >&2; head -c $3 /dev/zero → read → ok",
        "pread=exit 9                    → read  → EIO",
        "pwrite=exit 0                   → write → ok",
        "pwrite=echo ENOSPC >&2; exit 1  → write → ENOSPC",
        "pwrite=seq 1 100000; cat >/dev/null → write → ok",
        "trim=echo ENOTSUP >&2; exit 1   → trim  → EINVAL",
        "trim=exit 2                     → trim  → ok",
        "trim=exit 3                     → trim  → EIO",
        "zero=echo ENOTSUP >&2; exit 1   → zero  → ok",
        "zero=echo ENOSPC >&2; exit 1    → zero  → ENOSPC",
        "zero=exit 2                     → zero  → ok",
        "cache=exit 2                    → cache → ok",
        "flush=exit 2                    → flush → ok",
        "flush=exit 1                    → flush → EIO",
      })
  void requestResultFollowsTheScriptsStatusAndOutput(String change, String request, String expected)
      throws Exception {
    try (PluginServer served = serve(change)) {
      assertThat(result(served.client(), request)).isEqualTo(expected);
    }
  }

  @Test
  void firstWordOnStandardErrorSelectsTheError() throws Exception {
    String[][] rows = {
      {"ENOSPC hi", "ENOSPC"},
      {"EROFS", "EPERM"},
      {"EDQUOT x", "ENOSPC"},
      {"EFBIG", "ENOSPC"},
      {"enospc lower", "ENOSPC"},
      {"ENOENT x", "EIO"},
      {"hello", "EIO"},
      {"", "EIO"},
      {"ENOSPCx", "EIO"},
      {"EOVERFLOW", "EINVAL"},
      {"EAGAIN", "EIO"},
      {"EPERM:x", "EIO"},
      {"ENOTSUP", "EINVAL"},
      {"EOPNOTSUPP", "EINVAL"},
      {"EINVAL", "EINVAL"},
      {" ENOSPC", "EIO"},
      {"EPERM\tno", "EPERM"},
      {"ENOMEM", "ENOMEM"},
      {"EIO", "EIO"},
      // The last one, because the client stops after ESHUTDOWN.
      {"ESHUTDOWN", "ESHUTDOWN"},
    };
    StringBuilder script = new StringBuilder("case $4 in\n");
    for (int i = 0; i < rows.length; i++) {
      script.append(i * 512).append(") echo '").append(rows[i][0]).append("' >&2;;\n");
    }
    script.append("esac; exit 1");
    try (PluginServer served = serve("pread=" + script)) {
      assertThatThrownBy(() -> served.client().read(ByteBuffer.allocate(512), 0))
          .hasMessageContaining("eval: pread: hi");
      for (int i = 0; i < rows.length; i++) {
        int offset = i * 512;
        assertThat(result(() -> served.client().read(ByteBuffer.allocate(512), offset)))
            .as("'%s'", rows[i][0])
            .isEqualTo(rows[i][1]);
      }
    }
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '→',
      value = {
        "x=x, config=exit 0      → flush fua trim zero cache",
        "flush=none              → trim zero cache",
        "trim=none               → flush fua zero cache",
        "zero=none               → flush fua trim zero fast-zero cache",
        "cache=none              → flush fua trim zero",
        "pwrite=none             → read-only flush cache",
        "can_write=exit 3        → read-only flush cache",
        "can_write=exit 2        → read-only flush cache",
        "can_flush=exit 3        → trim zero cache",
        "can_flush=exit 3, can_fua=echo emulate → fua trim zero cache",
        "can_fua=echo none       → flush trim zero cache",
        "can_fua=echo NATIVE     → flush fua trim zero cache",
        "can_trim=exit 3         → flush fua zero cache",
        "can_zero=exit 3         → flush fua trim zero fast-zero cache",
        "can_zero=exit 3, can_fast_zero=exit 3 → flush fua trim zero cache",
        "can_fast_zero=exit 0    → flush fua trim zero fast-zero cache",
        "can_cache=echo none     → flush fua trim zero",
        "can_cache=echo emulate  → flush fua trim zero cache",
        "is_rotational=exit 0    → flush fua trim zero cache rotational",
        "can_multi_conn=exit 0   → flush fua trim zero cache multi-conn",
      })
  void capabilitiesAreThoseOfTheScript(String changes, String expected) throws Exception {
    try (PluginServer served = serve(changes.split(", "))) {
      int flags = served.client().export().flags();
      List<String> seen = new ArrayList<>();
      name(seen, flags, TransmissionFlags.READ_ONLY, "read-only");
      name(seen, flags, TransmissionFlags.SEND_FLUSH, "flush");
      name(seen, flags, TransmissionFlags.SEND_FUA, "fua");
      name(seen, flags, TransmissionFlags.SEND_TRIM, "trim");
      name(seen, flags, TransmissionFlags.SEND_WRITE_ZEROES, "zero");
      name(seen, flags, TransmissionFlags.SEND_FAST_ZERO, "fast-zero");
      name(seen, flags, TransmissionFlags.SEND_CACHE, "cache");
      name(seen, flags, TransmissionFlags.ROTATIONAL, "rotational");
      name(seen, flags, TransmissionFlags.CAN_MULTI_CONN, "multi-conn");
      assertThat(String.join(" ", seen)).isEqualTo(expected);
    }
  }

  private static void name(List<String> seen, int flags, int flag, String name) {
    if ((flags & flag) != 0) {
      seen.add(name);
    }
  }

  @ParameterizedTest(name = "{index} {0}")
  @CsvSource(
      delimiter = '→',
      quoteCharacter = '`',
      value = {
        "0 64k → 65536:0",
        "0 10 → 10:0",
        "0 1k 3 → 1024:3",
        "`0 1k hole,zero\n1k 63k` → 1024:3 64512:0",
        "0 1k zero,hole junk → 1024:3",
        "0 1k foo → 1024:0",
        "0 1k 4 → 1024:0",
        "0 1M hole → 65536:1",
        "`0 0\n0 64k zero` → 65536:2",
        "`0 1k hole\n1k 1k hole\n2k 1k` → 2048:1 1024:0",
        "`# none\n\n0 1k hole\n# last\n\n1k 63k\n` → 1024:1 64512:0",
        "10 1k → EINVAL",
        "`0 1k\n2k 62k` → EINVAL",
        "0 0 → EINVAL",
        "0 → EIO",
        "`` → EIO",
        "a b → EIO",
      })
  void outputOfExtentsIsParsedLineByLine(String lines, String expected) throws Exception {
    try (PluginServer served = serve("extents=echo '" + (lines == null ? "" : lines) + "'")) {
      String[] seen = new String[1];
      String result = result(() -> seen[0] = String.join(" ", served.extents(0, EvalDisk.SIZE)));
      assertThat(result.equals("ok") ? seen[0] : result).isEqualTo(expected);
    }
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '→',
      value = {
        "x=1 → 'x' is not a parameter: eval has no method config",
        "config=exit 1, x=1 → eval: config: exit status 1 without a message",
        "config=echo EINVAL not so >&2; exit 1, x=1 → eval: config: not so",
        "config_complete=exit 1 → eval: config_complete: exit status 1",
        "config_complete=exit 3 → exit status 3 is for questions only",
        "thread_model=exit 1 → eval: thread_model: exit status 1",
        "get_ready=echo no >&2; exit 1 → eval: cannot start: get_ready: no",
        "after_fork=exit 1 → eval: cannot start: after_fork: exit status 1",
        "preconnect=exit 1 → ",
        "open=echo EPERM not you >&2; exit 1 → eval: cannot open: open: not you",
        "get_size=none → get_size: this method is required",
        "get_size=echo many → get_size: its output must be a size",
        "get_size=echo 1;echo 2 → get_size: its output must be a size",
        "can_fua=echo some → can_fua: must print none, emulate or native, not 'some'",
        "can_fua=exit 3 → exit status 3 is for questions only",
        "can_write=exit 1 → can_write: exit status 1",
        "block_size=echo 512 4k → block_size: must print the minimum",
        "block_size=echo 1 2 3 → the preferred block size must be a power of two",
        "block_size=echo x y z → block_size: 'x y z': must be a size",
      })
  void startAndOpenErrorsShowTheScriptsMessage(String changes, String message) {
    assertThatThrownBy(() -> serve(changes.split(", ")).close())
        .hasMessageContaining(message == null ? "" : message)
        .hasMessageNotContainingAny("eval: eval", "start: eval", "open: eval");
  }

  @Test
  void methodGivenTwiceIsRefused() {
    assertThatThrownBy(() -> PluginServer.start(new EvalProvider(), "pread=a", "pread=b"))
        .hasMessageContaining("pread is given twice");
  }

  @ParameterizedTest(name = "exit status {0} of a read: {1}")
  @CsvSource({"5, ESHUTDOWN", "8, ESHUTDOWN"})
  void readWithExitStatus5Or8FailsWithEshutdown(int status, String expected) throws Exception {
    try (PluginServer served = serve("pread=exit " + status)) {
      assertThat(result(served.client(), "read")).isEqualTo(expected);
    }
  }

  @Test
  void exitStatus4StopsTheServer() throws Exception {
    try (PluginServer served = serve("flush=exit 4")) {
      result(served.client(), "flush"); // the answer may be lost
      served.server().awaitStopped();
    }
  }

  @Test
  void exitStatus6DropsTheClientAnd7LetsItFinish() throws Exception {
    try (PluginServer served = serve("flush=exit 6", "cache=exit 7")) {
      NbdClient client = served.client();
      assertThat(result(client, "cache")).isEqualTo("ok");
      assertThat(result(client, "read")).isEqualTo("ESHUTDOWN");
    }
    try (PluginServer served = serve("flush=exit 6")) {
      assertThatThrownBy(() -> served.client().flush())
          .isInstanceOfSatisfying(
              NbdClientException.class, e -> assertThat(e.connectionLost()).isTrue());
    }
  }
}
