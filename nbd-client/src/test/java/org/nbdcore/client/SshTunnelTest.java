package org.nbdcore.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nbdcore.protocol.NbdUri;

final class SshTunnelTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nbd+ssh://host/ | ssh,-p,22,--,host,nc localhost 10809",
        "nbds+ssh://me@host:2222/x?nbd-port=10810 | ssh,-p,2222,--,me@host,nc localhost 10810",
        "nbd+ssh://host/?compression=true | ssh,-C,-p,22,--,host,nc localhost 10809",
        "nbd+ssh://host/?socket=/run/it's;x | ssh,-p,22,--,host,nc -U '/run/it'\\''s;x'",
      },
      quoteCharacter = '"')
  void sshRunsNcOnTheRemoteHost(String uri, String words) {
    assertThat(String.join(",", SshTunnel.command(NbdUri.parse(uri)))).isEqualTo(words);
  }
}
