package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Filters that need the server in a process of its own. */
@Tag("heavy")
class FilterProcessIT {

  @RegisterExtension final Sandbox box = new Sandbox();

  /**
   * The shell holds the other end of the pipe, on descriptor 4, until it has checked that the
   * server runs.
   */
  @Test
  void exitwhenStopsTheServerWhenAPipeIsClosed() {
    Path pipe = box.file("pipe");
    box.run(Client.MKFIFO, pipe.toString()).succeeded();
    String script =
        """
        exec 5<>"$1" 4>"$1" 3<"$1"
        exec 5>&-
        "$2" -f -U "$3" memory 1M --filter=exitwhen \
          exit-when-pipe-closed=3 exit-when-poll=1 4>&- &
        while ! nbdinfo --size "nbd+unix:///?socket=$3" 2>/dev/null; do sleep 0.05; done
        kill -0 $! && echo runs
        exec 4>&-
        wait $! && echo stopped
        """;
    String program = Distribution.built().command("nbd-core");
    String socket = box.runtime("socket").toString();
    Ran ran =
        box.run(
            box.ours(List.of("/bin/sh", "-c", script, "sh", pipe.toString(), program, socket)),
            Programs.TIMEOUT);
    assertThat(ran.succeeded().out()).isEqualTo("1048576\nruns\nstopped\n");
  }

  @Test
  void ipAdmitsClientsByTheNamesInTheirCertificates() throws Exception {
    TestCertificates pki = TestCertificates.make(box);
    pki.sign("friend", "cn = friend\norganization = BigCo\n");
    pki.sign("stranger", "cn = stranger\norganization = SmallCo\n");
    String[] tls = {"--tls=require", "--tls-verify-peer", "--tls-certificates=" + pki.server()};
    Server open = box.serve(tls[0], tls[1], tls[2], "memory", "1M");
    box.run(Client.NBDINFO, pki.uri(open, "friend")).succeeded();
    box.run(Client.NBDINFO, pki.uri(open, "stranger")).succeeded();
    open.stop();
    for (String rule : List.of("dn:*,O=BigCo", "dn:CN=friend,*")) {
      Server server =
          box.serve(
              tls[0], tls[1], tls[2], "memory", "1M", "--filter=ip", "allow=" + rule, "deny=all");
      box.run(Client.NBDINFO, pki.uri(server, "friend")).succeeded();
      assertThat(box.run(Client.NBDINFO, pki.uri(server, "stranger")).status()).isNotZero();
      server.stop();
    }
    Server byIssuer =
        box.serve(tls[0], tls[1], tls[2], "memory", "1M", "--filter=ip", "deny=issuer-dn:CN=Test");
    assertThat(box.run(Client.NBDINFO, pki.uri(byIssuer, "friend")).status()).isNotZero();
    byIssuer.stop();
  }

  @Test
  void ipDeniesAClientByItsProcessId() throws Exception {
    Server server =
        box.serve("memory", "1M", "--filter=ip", "deny=pid:" + ProcessHandle.current().pid());
    box.run(Client.NBDINFO, server.uri()).succeeded();
    try (var channel =
        java.nio.channels.SocketChannel.open(
            java.net.UnixDomainSocketAddress.of(server.socket()))) {
      assertThat(channel.read(java.nio.ByteBuffer.allocate(8)))
          .as("this process is denied")
          .isEqualTo(-1);
    }
    server.stop();
  }

  @Test
  void dumpPluginListsTheEventsOfExitwhen() {
    Ran ran = box.nbdCore("null", "--filter=exitwhen", "--dump-plugin").succeeded();
    assertThat(ran.out().lines())
        .contains(
            "exitwhen_file_created=yes",
            "exitwhen_file_deleted=yes",
            "exitwhen_pipe_closed=yes",
            "exitwhen_process_exits=yes",
            "exitwhen_script=yes");
  }
}
