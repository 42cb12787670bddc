package org.nbdcore.plugin.vddk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Parameter;
import org.nbdcore.testkit.CapturedLog;

/** Parameters that the plugin refuses before it looks for a library, and the messages. */
class ParametersTest {

  @TempDir Path folder;

  private static void assertRefused(String words, String message) {
    assertThatThrownBy(() -> VddkSession.plugin(words.split(" ")))
        .isInstanceOf(ConfigException.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "compression=lzma | compression must be one of none, zlib, fastlz, skipz, not 'lzma'",
        "port=-1 | port must be from 0 to 65535, not -1",
        "port=#15 | port must be a whole number, not '#15'",
        "server=esx:443 | server must be a name or address without a port, not 'esx:443': use"
            + " port=443",
        "server=[::1]:8443 | server must be a name or address without a port, not '[::1]:8443': use"
            + " port=8443",
        "export= | export must be a shell wildcard, not an empty string",
        "port=https | port must be a whole number, not 'https'",
        "nfchostport=65536 | nfchostport must be from 0 to 65535, not 65536",
        "single-link=maybe | single-link must be true or false, not 'maybe'",
        "unbuffered=2 | unbuffered must be true or false, not '2'",
        "create=2 | create must be true or false, not '2'",
        "create-size=1000 | create-size must be a multiple of 512 above 0, not 1000",
        "create-size=0 | create-size must be a multiple of 512 above 0, not 0",
        "create-adapter-type=sata | create-adapter-type must be one of ide, scsi-buslogic,"
            + " scsi-lsilogic, not 'sata'",
        "password=-2 | password cannot be read from file descriptor 2, which is a standard"
            + " stream: pass it on 3 or above"
      })
  void errorNamesTheInvalidValueAndWhatIsAllowed(String word, String message) {
    assertRefused("file=/disk.vmdk " + word, message);
  }

  @ParameterizedTest
  @CsvSource({
    "libdir=/, libdir=",
    "server=esx user=root password= vm=moref=1, 'vm=, server=, user=, password='"
  })
  void withinIsRefusedForRemoteDisksAndVddk(String words, String given) {
    assertRefused(
        "file=/disk.vmdk within=/vms " + words,
        "within= works only for local disks without VDDK: omit " + given + " or within=");
  }

  @Test
  void errorForAnInvalidHardwareVersionListsTheNames() {
    assertThatThrownBy(() -> VddkSession.plugin("file=/d", "create-hwversion=esx99"))
        .hasMessageStartingWith("create-hwversion must be one of workstation4, workstation5")
        .hasMessageEndingWith("or a number from 0 to 65535, not 'esx99'");
    assertThatThrownBy(() -> VddkSession.plugin("file=/d", "create-hwversion=65536"))
        .hasMessageEndingWith("not '65536'");
  }

  @Test
  void errorNamesAllMissingParametersOfARemoteDisk() {
    assertRefused(
        "vm=moref=1",
        "missing for a remote disk: server=, user=, password=, file= (or disk= or export=)"
            + " (it is a remote one because of vm=)");
    assertRefused(
        "thumbprint=12 nfchostport=902 user=root file=x",
        "missing for a remote disk: server=, password=, vm="
            + " (it is a remote one because of user=, thumbprint=, nfchostport=)");
  }

  @Test
  void aLocalDiskNeedsAnAbsolutePath() {
    assertRefused(
        "libdir=/",
        "missing: file=, the absolute path of a VMDK file (or of a remote disk,"
            + " with server=, user=, password= and vm=)");
    assertRefused(
        "file=disk.vmdk", "file must be an absolute path for a local disk, not 'disk.vmdk'");
    assertThatThrownBy(() -> VddkSession.plugin("file=[store] vm/vm.vmdk"))
        .hasMessageEndingWith(": a disk in a datastore needs server=, user=, password= and vm=");
  }

  @Test
  void conflictingParametersAreRefused() {
    assertRefused("file=/d export=*", "give either file= or export=, not both");
    assertRefused(
        "export=*",
        "export= is for remote disks: name a local one with file=, or add server=, user=,"
            + " password= and vm=");
    assertRefused(
        "file=/d create=true", "create=true needs create-size=, the size of the new disk");
    assertRefused(
        "file=/d server=s user=u password=p vm=v create=true create-size=1M",
        "create=true makes local files only: leave out vm=, server=, user=, password= or create=");
  }

  @Test
  void anUnreadableConfigFileIsRefused() {
    Path absent = folder.resolve("absent.conf");
    assertRefused(
        "file=/d config=" + absent, "config must be a readable file, not '" + absent + "'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "file=/d vimapiver=whatever",
        "file=/d single-link=1 unbuffered=on compression=skipz",
        "file=/one file=/two",
        "file=[s] f server=s user=u password= vm=v",
        "file=[s] f server=s user=u password=p vm=v thumbprint=12 transports=bogus cookie=c",
      })
  void validParametersAreAccepted(String words) throws Exception {
    VddkSession.plugin(words.replace("[s] f", "[s]/f").split(" ")).close();
  }

  @Test
  void lastFileParameterIsUsed() throws Exception {
    assertThat(VddkConfigReader.read(VddkSession.config("file=/one", "file=/two")).file())
        .contains("/two");
  }

  @Test
  void passwordIsReadFromTheFirstLineOfAFile() throws Exception {
    Path file = Files.writeString(folder.resolve("pw"), "first line\nsecond\n");
    VddkConfig config =
        VddkConfigReader.read(
            VddkSession.config("file=[s] f", "server=s", "user=u", "vm=v", "password=+" + file));
    assertThat(config.login().orElseThrow().password().reveal()).isEqualTo("first line");
    assertThat(config.toString()).doesNotContain("first line");
  }

  @Test
  void aMalformedThumbprintOnlyWarns() throws Exception {
    CapturedLog log = CapturedLog.start();
    VddkSession.plugin("file=[s] f", "server=s", "user=u", "password=p", "vm=v", "thumbprint=12")
        .close();
    assertThat(log.withLevels())
        .containsExactly(
            "WARN thumbprint=12 is not the SHA-1 form, 20 pairs of hexadecimal digits (see"
                + " Thumbprints in docs/vddk.md)");
  }

  @ParameterizedTest
  @CsvSource({"0x15, 21", "010, 8", "0, -1", "443, 443"})
  void portsHaveCSyntaxAndZeroMeansVddksDefault(String text, int port) throws Exception {
    VddkConfig config =
        VddkConfigReader.read(
            VddkSession.config(
                "file=[s] f", "server=::1", "user=u", "password=p", "vm=v", "port=" + text));
    assertThat(config.login().orElseThrow().port().orElse(-1)).isEqualTo(port);
  }

  @Test
  void thumbprintIsConvertedToVddksFormat() throws Exception {
    String digits = "00112233445566778899aabbccddeeff00112233";
    VddkConfig config =
        VddkConfigReader.read(
            VddkSession.config(
                "file=[s] f", "server=s", "user=u", "password=p", "vm=v", "thumbprint=" + digits));
    assertThat(config.login().orElseThrow().thumbprint())
        .contains("00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33");
  }

  @Test
  void fileIsTheMagicKeyAndPasswordAndCookieAreSecret() {
    assertThat(VddkSession.provider().parameters())
        .filteredOn(Parameter::isMagic)
        .extracting(Parameter::key)
        .containsExactly("file");
    assertThat(VddkSession.provider().parameters())
        .filteredOn(Parameter::isSecret)
        .extracting(Parameter::key)
        .containsExactlyInAnyOrder("password", "cookie");
  }
}
