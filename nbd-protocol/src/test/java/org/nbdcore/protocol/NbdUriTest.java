package org.nbdcore.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NbdUriTest {

  @ParameterizedTest
  @CsvSource({
    "nbd://example.com/disk, disk",
    "nbd+unix:///disk?socket=sock, disk",
    "nbd://example.com/, ''",
    "nbd://example.com, ''",
    "nbd://example.com//disk, /disk",
    "nbd://example.com/hello%20world, hello world",
    "nbd://example.com/a+b, a+b",
    "nbd://example.com/%c3%a4%2F, ä/",
    "NBD://example.com/x:y@z, x:y@z",
  })
  void exportNameIsThePathWithoutItsFirstSlash(String text, String name) {
    assertThat(NbdUri.parse(text).exportName()).isEqualTo(name);
  }

  @ParameterizedTest
  @CsvSource({
    "nbd://example.com, example.com, 10809, false",
    "nbd://example.com:/, example.com, 10809, false",
    "nbds://user@example.com:77/, example.com, 77, true",
    "nbd://[::1]:10810/x, ::1, 10810, false",
    "nbd://[fe80::1%25eth0], fe80::1%eth0, 10809, false",
    "nbd:///x, localhost, 10809, false",
  })
  void authorityGivesHostAndPort(String text, String host, int port, boolean tls) {
    NbdUri uri = NbdUri.parse(text);
    assertThat(uri.unix()).isFalse();
    assertThat(uri.host()).isEqualTo(host);
    assertThat(uri.port()).isEqualTo(port);
    assertThat(uri.tls()).isEqualTo(tls);
    assertThat(NbdUri.parse(uri.toString())).isEqualTo(uri);
  }

  @Test
  void parametersOfTlsAreRead() {
    NbdUri uri =
        NbdUri.parse(
            "nbds+unix://alice@/?socket=/run/a%26b&tls-hostname=h.example&tls-verify-peer=0"
                + "&tls-certificates=/pki&x-mine=1");
    assertThat(uri.unix()).isTrue();
    assertThat(uri.tls()).isTrue();
    assertThat(uri.user()).isEqualTo("alice");
    assertThat(uri.socket()).isEqualTo("/run/a&b");
    assertThat(uri.tlsHostname()).isEqualTo("h.example");
    assertThat(uri.tlsVerifyPeer()).isFalse();
    assertThat(uri.parameter("tls-certificates")).isEqualTo("/pki");
    assertThat(uri.parameter("x-mine")).isEqualTo("1");
    assertThat(uri.parameter("x-other")).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nbd+unix:///?socket=/run/gr%F6%DFe",
        "nbd+unix:///?socket=/run/gr\udcf6\udcdfe",
        "nbds+unix:///?tls-psk-file=/run/gr%f6%dfe&socket=%C3%B6",
      })
  void fileNamesMayHaveAnyBytes(String text) {
    NbdUri uri = NbdUri.parse(text);
    String key = text.contains("psk") ? "tls-psk-file" : "socket";
    assertThat(uri.parameter(key)).isEqualTo("/run/gr\udcf6\udcdfe");
    assertThat(uri.path(key).toUri()).hasToString("file:///run/gr%F6%DFe");
    assertThat(uri.toString()).contains(key + "=/run/gr%F6%DFe");
    assertThat(NbdUri.parse(uri.toString())).isEqualTo(uri);
  }

  @Test
  void aRelativePathWithAnyBytesStaysRelative() {
    Path path = NbdUri.parse("nbd+unix:///?socket=../%F6/%C3%B6").path("socket");
    assertThat(path.isAbsolute()).isFalse();
    assertThat(Path.of("/").resolve(path).toUri()).hasToString("file:///../%F6/%C3%B6");
    assertThat(NbdUri.parse("nbd://host/").path("socket")).isNull();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NbdUri.parse("nbd://host/").path("tls-hostname"));
  }

  @Test
  void vsockAndSshTransportsAreParsed() {
    NbdUri vsock = NbdUri.parse("nbd+vsock://2:4294967295/x");
    assertThat(vsock.transport()).isEqualTo(NbdUri.Transport.VSOCK);
    assertThat(vsock.port()).isEqualTo(-1);
    assertThat(vsock).hasToString("nbd+vsock://2:4294967295/x");
    NbdUri ssh = NbdUri.parse("nbds+ssh://me@host/x?socket=/run/s&nbd-port=7&compression=true");
    assertThat(ssh.transport()).isEqualTo(NbdUri.Transport.SSH);
    assertThat(ssh.tls()).isTrue();
    assertThat(ssh.unix()).isFalse();
    assertThat(ssh.port()).isEqualTo(22);
    assertThat(ssh.nbdPort()).isEqualTo(7);
    assertThat(ssh.compression()).isTrue();
    assertThat(NbdUri.parse(ssh.toString())).isEqualTo(ssh);
  }

  @Test
  void abstractSocketBeginsWithNul() {
    NbdUri uri = NbdUri.parse("nbd+unix:///?socket=%00/abstract");
    assertThat(uri.socket()).isEqualTo("\0/abstract");
    assertThat(uri).hasToString("nbd+unix://?socket=%00/abstract");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "disk.img | must begin with nbd://",
        "http://host/ | must be nbd or nbds, alone or with +unix, +vsock or +ssh, not \"http\"",
        "nbd+tcp://1/ | not \"nbd+tcp\"",
        "nbd+vsock:///2:10809/ | must be a CID, not \"\"",
        "nbd+vsock://2:x/ | a number of 32 bits, not \"x\"",
        "nbd+ssh://-oProxyCommand=x/ | must not begin with a hyphen",
        "nbd+ssh://-x@host/ | must not begin with a hyphen",
        "nbd+ssh://host/?nbd-port=0 | between 1 and 65535, not 0",
        "nbd+ssh://host/?compression=2 | must be true or false",
        "nbd://host/?compression=true | unknown parameter",
        "nbd://host:0/ | between 1 and 65535, not 0",
        "nbd://host:65536/ | between 1 and 65535, not 65536",
        "nbd://host:ssh/ | between 1 and 65535, not ssh",
        "nbd://[::1/ | must end with ]",
        "nbd://[::1]x/ | comes :PORT",
        "nbd+unix:///x | must name the socket",
        "nbd+unix:///x?socket= | must name the socket",
        "nbd+unix://host/x?socket=s | has no host",
        "nbd://host/?socket=s | needs the scheme nbd+unix",
        "nbd://host/%zz | two hexadecimal digits",
        "nbd://host/a%2 | two hexadecimal digits",
        "nbd://host/%ff | must be UTF-8",
        "nbd://host/%00 | must not contain NUL",
        "nbd://host/?tls-type=x509&tls-type=psk | given twice",
        "nbds://host/?tls-verify-peer=no | must be 0 or 1, not \"no\"",
        "nbd://host/?sokcet=s | unknown parameter \"sokcet\"",
        "nbd://host/a#b | no fragment",
      })
  void invalidUrisAreRefusedWithAReason(String text, String reason) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NbdUri.parse(text))
        .withMessageContaining(reason);
  }

  @Test
  void exportNameLongerThanTheProtocolAllowsIsRefused() {
    assertThat(NbdUri.parse("nbd://h/" + "x".repeat(4096)).exportName()).hasSize(4096);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NbdUri.parse("nbd://h/" + "x".repeat(4097)))
        .withMessageContaining("at most 4096 bytes, not 4097");
  }

  @Test
  void aPrintedUriIsParsedToAnEqualOne() {
    long seed = 20_261_122;
    Random random = new Random(seed);
    for (int i = 0; i < 2000; i++) {
      StringBuilder name = new StringBuilder();
      for (int n = random.nextInt(12); n > 0; n--) {
        name.appendCodePoint(1 + random.nextInt(random.nextBoolean() ? 0x7e : 0xd000));
      }
      NbdUri uri = NbdUri.unix("/run/" + name).withExportName(name.toString()).withTls(i % 2 == 0);
      NbdUri again = NbdUri.parse(uri.toString());
      assertThat(again.exportName()).as("seed %d, round %d", seed, i).isEqualTo(name.toString());
      assertThat(again.socket()).as("seed %d, round %d", seed, i).isEqualTo("/run/" + name);
      assertThat(again).isEqualTo(uri).hasSameHashCodeAs(uri);
    }
  }

  @Test
  void uriIsPrintedWithPortAndWithoutSlashForTheDefaultExport() {
    assertThat(NbdUri.tcp("localhost", 10809)).hasToString("nbd://localhost:10809");
    assertThat(NbdUri.tcp("::1", 1).withExportName("a b/c")).hasToString("nbd://[::1]:1/a%20b/c");
    assertThat(NbdUri.unix("/tmp/a b").withTls(true)).hasToString("nbds+unix://?socket=/tmp/a%20b");
  }
}
