package org.nbdcore.plugin.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Export;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.testkit.TestSession;

@Timeout(60)
final class ParametersTest {

  @TempDir private Path folder;

  private RemoteServer remote(KeptDisks disks) throws Exception {
    return RemoteServer.start(disks, folder.resolve("remote"));
  }

  private static KeptDisks twoDisks() throws Exception {
    return new KeptDisks().with("", 4096).with("big", 8192);
  }

  @ParameterizedTest
  @CsvSource({
    "uri=nbd+unix:///big?socket=SOCKET, 8192",
    "uri=nbd+unix:///?socket=SOCKET, 4096",
    "uri=nbd://localhost:PORT/big, 8192",
    "socket=SOCKET, 4096",
    "socket=SOCKET export=big, 8192",
    "socket=SOCKET export=, 4096",
    "hostname=localhost port=PORT, 4096",
    "hostname=127.0.0.1 port=PORT export=big, 8192",
    "socket=SOCKET retry=3, 4096",
    "socket=SOCKET shared=true export=big, 8192",
    "socket=SOCKET tls=off, 4096",
    "socket=SOCKET tls=on, 4096",
    "socket=SOCKET tls-verify=false, 4096",
  })
  void parametersReachTheServer(String words, long size) throws Exception {
    try (RemoteServer remote = remote(twoDisks())) {
      String[] arguments =
          words
              .replace("SOCKET", folder.resolve("remote").toString())
              .replace("PORT", Integer.toString(remote.port()))
              .split(" ");
      try (StartedPlugin nbd = new StartedPlugin(arguments);
          BlockDevice device = nbd.device("ignored", false)) {
        assertThat(device.size()).isEqualTo(size);
        assertThat(nbd.plugin.listExports(OpenRequest.detached("", true)))
            .extracting(Export::name)
            .containsExactly(size == 8192 ? "big" : "");
      }
    }
  }

  /** No server listens there, and some machines have no such sockets. */
  @ParameterizedTest
  @ValueSource(strings = {"vsock=2 port=4294967294", "uri=nbd+vsock://2:4294967294/"})
  void errorNamesAnUnreachableVsockAddress(String words) throws Exception {
    try (StartedPlugin nbd = new StartedPlugin(words.split(" "))) {
      assertThatThrownBy(() -> nbd.device("", false))
          .hasMessageContaining("cannot connect to nbd+vsock://2:4294967294");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"socket=FOLDER/gr\udcf6n", "uri=nbd+unix:///?socket=FOLDER/gr%F6n"})
  void socketPathMayHaveAnyBytes(String word) throws Exception {
    Path socket = Path.of(URI.create(folder.toUri() + "gr%F6n"));
    try (RemoteServer remote = RemoteServer.start(twoDisks(), socket)) {
      assertThat(remote.port()).isPositive();
      String given = word.replace("FOLDER", folder.toRealPath().toString());
      try (StartedPlugin nbd = new StartedPlugin(given);
          BlockDevice device = nbd.device("ignored", false)) {
        assertThat(device.size()).isEqualTo(4096);
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "|exactly one of uri, socket, hostname, vsock, socket-fd and command must be given, not"
            + " none",
        "socket=/s hostname=h|exactly one of uri, socket, hostname, vsock, socket-fd and command"
            + " must be given, not socket and hostname",
        "uri=http://host/|must be nbd or nbds, alone or with +unix, +vsock or +ssh, not \"http\"",
        "uri=nbd+vsock:///2:10809/|uri cannot be used",
        "uri=nbd://h export=e|export cannot be combined with uri",
        "vsock=host|vsock must be a number of 32 bits, not host",
        "vsock=2 port=nbd|port must be a number of 32 bits, not nbd",
        "vsock=2 hostname=h|not hostname and vsock",
        "hostname=h port=0|port must be a number between 1 and 65535 or the name of a TCP service,"
            + " not '0'",
        "hostname=h port=65536|not '65536'",
        "hostname=h port=1x|not '1x'",
        "hostname=h port=no-such-service|not 'no-such-service'",
        "socket=/s port=1|port needs hostname or vsock",
        "socket=/s arg=1|arg needs command",
        "socket-fd=2|socket-fd must be",
        "command=c shared=false|shared=false cannot be combined with command",
        "command=c dynamic-export=true|dynamic-export=true cannot be combined with command or"
            + " socket-fd",
        "socket=/s shared=true dynamic-export=true|dynamic-export=true cannot be combined with"
            + " shared=true",
        "socket=/s export=e dynamic-export=true|dynamic-export=true cannot be combined with export",
        "socket=/s retry=-1|retry must be",
        "socket=/s tls=maybe|tls must be one of off, on, require, not 'maybe'",
      })
  void invalidParametersAreRefused(String words, String message) {
    String[] arguments = words == null ? new String[0] : words.split(" ");
    assertThatThrownBy(() -> StartedPlugin.create(arguments))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }

  @Test
  void portMayBeAServiceName() throws Exception {
    assertThat(Ports.number("http")).isEqualTo(80);
    assertThat(Ports.number("www")).as("an alias").isEqualTo(80);
  }

  @Test
  void dynamicExportOpensTheExportThatTheClientRequests() throws Exception {
    try (RemoteServer remote = remote(twoDisks());
        StartedPlugin nbd = new StartedPlugin("uri=" + remote.uri(), "dynamic-export=true")) {
      try (BlockDevice big = nbd.device("big", false);
          BlockDevice other = nbd.device("", false)) {
        assertThat(big.size()).isEqualTo(8192);
        assertThat(other.size()).isEqualTo(4096);
      }
      assertThat(nbd.plugin.listExports(OpenRequest.detached("", true)))
          .containsExactly(
              Export.of("").withDescription("disk "), Export.of("big").withDescription("disk big"));
      assertThatThrownBy(() -> nbd.device("none", false)).hasMessageContaining("none");
    }
  }

  @Test
  void dynamicExportForwardsTheNameOfTheDefaultExport() throws Exception {
    KeptDisks disks =
        new KeptDisks() {
          @Override
          public String defaultExport(OpenRequest request) throws NbdException {
            if (opened.get() > 0) {
              throw new NbdException(NbdError.EINVAL, "no default any more");
            }
            return "big";
          }
        };
    try (RemoteServer remote = remote(disks.with("big", 8192));
        StartedPlugin nbd = new StartedPlugin("uri=" + remote.uri(), "dynamic-export=true")) {
      OpenRequest request = OpenRequest.detached("", true);
      assertThat(nbd.plugin.defaultExport(request)).isEqualTo("big");
      disks.opened.set(1);
      assertThatThrownBy(() -> nbd.plugin.defaultExport(request))
          .hasMessageContaining("no default any more");
    }
  }

  @Test
  void retryWaitsForAServerThatStartsLater() throws Exception {
    RemoteServer[] late = new RemoteServer[1];
    int[] sleeps = new int[1];
    SleepHookSession session =
        new SleepHookSession(
            () -> {
              if (++sleeps[0] == 2) {
                late[0] = remote(twoDisks());
              }
            });
    try (StartedPlugin nbd = new StartedPlugin("socket=" + folder.resolve("remote"), "retry=5");
        BlockDevice device = nbd.plugin.open(OpenRequest.of("", session))) {
      assertThat(device.size()).isEqualTo(4096);
      assertThat(sleeps[0]).as("seconds waited").isEqualTo(2);
    } finally {
      late[0].close();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3})
  void errorAfterTheLastRetryNamesTheAddress(int retries) throws Exception {
    Path socket = folder.resolve("nobody");
    TestSession session = new TestSession();
    try (StartedPlugin nbd = new StartedPlugin("socket=" + socket, "retry=" + retries)) {
      assertThatThrownBy(() -> nbd.plugin.open(session.request("")))
          .hasMessageContaining("cannot connect")
          .hasMessageContaining(socket.toString());
    }
    assertThat(session.sleeps()).isEqualTo(Collections.nCopies(retries, 1_000_000_000L));
  }

  @Test
  void sharedUsesOneConnectionForAllClients() throws Exception {
    KeptDisks disks = twoDisks();
    try (RemoteServer remote = remote(disks)) {
      try (StartedPlugin nbd = new StartedPlugin("uri=" + remote.uri(), "shared=true")) {
        assertThat(disks.opened).as("opened at the start").hasValue(1);
        BlockDevice one = nbd.device();
        BlockDevice other = nbd.device();
        StartedPlugin.write(one, 7, 7);
        one.close();
        assertThat(StartedPlugin.read(other, 7)).isEqualTo((byte) 7);
        other.close();
        assertThat(disks.opened).hasValue(1);
      }
      try (StartedPlugin nbd = new StartedPlugin("uri=" + remote.uri())) {
        assertThat(disks.opened).as("opened at the start").hasValue(1);
        nbd.device().close();
        nbd.device().close();
        assertThat(disks.opened).hasValue(3);
      }
    }
  }

  @Test
  void sharedNeedsTheServerAtTheStart() {
    assertThatThrownBy(() -> new StartedPlugin("socket=" + folder.resolve("nobody"), "shared=true"))
        .hasMessageContaining("cannot connect");
  }

  @Test
  void readOnlyDeviceRefusesWrites() throws Exception {
    try (RemoteServer remote = remote(twoDisks());
        StartedPlugin nbd = new StartedPlugin("uri=" + remote.uri());
        BlockDevice device = nbd.device("", true)) {
      assertThat(device.capabilities().write()).isFalse();
      assertThatThrownBy(() -> StartedPlugin.write(device, 0, 1))
          .isInstanceOfSatisfying(
              NbdException.class, e -> assertThat(e.error()).isEqualTo(NbdError.EPERM));
    }
  }

  @Test
  void errorNamesACommandThatDoesNotAnswer() {
    assertThatThrownBy(() -> new StartedPlugin("command=/nonexistent/server", "arg=1"))
        .hasMessageContaining("command /nonexistent/server does not answer");
  }
}
