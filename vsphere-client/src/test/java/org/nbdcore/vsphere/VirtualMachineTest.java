package org.nbdcore.vsphere;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Machines, disks and tickets in valid and invalid answers. */
class VirtualMachineTest {

  private static final String START =
      "<r xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" type=\"VirtualDisk\">";

  private static XmlNode read(String content) throws IOException {
    return XmlReader.read((START + content + "</r>").getBytes(StandardCharsets.UTF_8));
  }

  private static String disk(String key, String capacity, String backing) {
    return "<VirtualDevice xsi:type=\"VirtualDisk\"><key>"
        + key
        + "</key>"
        + capacity
        + "<deviceInfo><label>Hard disk "
        + key
        + "</label></deviceInfo>"
        + backing
        + "</VirtualDevice>";
  }

  private static String backing(String type, String content) {
    return "<backing xsi:type=\""
        + type
        + "\"><fileName>[s] a.vmdk</fileName>"
        + content
        + "</backing>";
  }

  @Test
  void obstaclesToAMigrationAreReported() throws IOException {
    String size = "<capacityInKB>8</capacityInKB>";
    String flat = "VirtualDiskFlatVer2BackingInfo";
    Properties.Found found = new Properties.Found(new MoRef("VirtualMachine", "vm-1"));
    found.values.put(
        "config.hardware.device",
        read(
            disk("1", size, backing(flat, "<diskMode>persistent</diskMode>"))
                + disk("2", size, backing(flat, "<diskMode>independent_nonpersistent</diskMode>"))
                + disk("3", size, backing("VirtualDiskRawDiskMappingVer1BackingInfo", ""))
                + disk("4", size, backing(flat, "<keyId><keyId>k</keyId></keyId>"))
                + "<VirtualDevice xsi:type=\"VirtualTPM\"><key>11000</key></VirtualDevice>"));
    found.values.put("config.keyId", read("<keyId>k</keyId>"));
    VirtualMachine machine = new VirtualMachine(found);
    assertThat(machine.disks()).extracting(VirtualDisk::capacity).containsOnly(8192L);
    assertThat(machine.obstacles())
        .containsExactly(
            "Hard disk 2: it is independent (independent_nonpersistent), so no snapshot holds it",
            "Hard disk 3: it is a raw device mapping",
            "Hard disk 4: it is encrypted, so a host must hold its key",
            "the machine is encrypted",
            "it has a virtual TPM, whose secrets are not copied");
  }

  @ParameterizedTest
  @CsvSource({
    "4294967296, <capacityInKB>8</capacityInKB>",
    "2000, <capacityInKB>9223372036854775807</capacityInKB>",
    "2000, <capacityInKB>-1</capacityInKB>",
    "2000, <capacityInBytes>-512</capacityInBytes>",
    "2000, <capacityInBytes>99999999999999999999</capacityInBytes>"
  })
  void impossibleDiskKeysAndCapacitiesAreRefused(String key, String capacity) throws IOException {
    XmlNode devices = read(disk(key, capacity, ""));
    assertThatThrownBy(() -> VirtualMachineReader.disks(devices))
        .isInstanceOf(VsphereException.class)
        .hasMessageContaining("the server's response has");
  }

  @Test
  void hostReferenceWithoutATypeIsIgnored() throws IOException {
    Properties.Found found = new Properties.Found(new MoRef("VirtualMachine", "vm-1"));
    found.values.put("runtime.host", new XmlNode("runtime.host", "", ""));
    found.values.get("runtime.host").text("host-1");
    assertThat(new VirtualMachine(found).host()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<port>0</port><service>s</service><sessionId>i</sessionId>",
        "<port>65536</port><service>s</service><sessionId>i</sessionId>",
        "<port>4294968198</port><service>s</service><sessionId>i</sessionId>",
        "<port>902</port><service/><sessionId>i</sessionId>",
        "<port>902</port><service>s</service><sessionId>i\nPROXY x</sessionId>",
        "<port>902</port><service>s</service>"
      })
  void invalidTicketsAreRefused(String fields) throws IOException {
    XmlNode answer = read(fields);
    assertThatThrownBy(() -> new NfcTickets.Ticket(answer, "esx"))
        .isInstanceOf(VsphereException.class)
        .message()
        .doesNotContain("PROXY");
  }
}
