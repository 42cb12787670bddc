package org.nbdcore.vmdk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every line of the descriptor of new disks of 1 MiB, for each type, adapter and hardware version,
 * as "Virtual Disk Format 5.0" and VDDK's header files have them.
 */
class CreatedDescriptorTest {
  private static final int SECTOR = 512;

  private static final Map<String, Integer> VERSIONS =
      Map.of(
          "workstation4", 3,
          "workstation5", 4,
          "workstation6", 6,
          "esx30", 4,
          "esx4x", 7,
          "esx50", 8,
          "esx51", 9,
          "esx55", 10,
          "esx60", 11,
          "esx65", 13);

  /** Each option's name, its word in the descriptor, and cylinders, heads, sectors. */
  private static final List<List<String>> ADAPTERS =
      List.of(
          List.of("ide", "ide", "2", "16", "63"),
          List.of("scsi-buslogic", "buslogic", "1", "64", "32"),
          List.of("scsi-lsilogic", "lsilogic", "1", "64", "32"));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "monolithic-sparse | monolithicSparse | RW 2048 SPARSE \"new.vmdk\"",
        "monolithic-flat | monolithicFlat | RW 2048 FLAT \"new-flat.vmdk\" 0",
        "split-sparse | twoGbMaxExtentSparse | RW 2048 SPARSE \"new-s001.vmdk\"",
        "split-flat | twoGbMaxExtentFlat | RW 2048 FLAT \"new-f001.vmdk\" 0",
        "vmfs-flat | vmfs | RW 2048 VMFS \"new-flat.vmdk\"",
        "stream-optimized | streamOptimized | RW 2048 SPARSE \"new.vmdk\"",
        "vmfs-thin | vmfs | RW 2048 VMFS \"new-flat.vmdk\"",
        "vmfs-sparse | vmfsSparse | RW 2048 VMFSSPARSE \"new-delta.vmdk\""
      })
  void eachLineMatchesTheSpecification(String type, String createType, String extent)
      throws IOException {
    assertThat(VmdkHardwareVersion.NAMES).isEqualTo(VERSIONS);
    for (List<String> adapter : ADAPTERS) {
      for (String version : VERSIONS.keySet()) {
        VmdkCreateOptions options =
            VmdkCreateOptions.ofSize(1 << 20)
                .withType(VmdkType.ofOptionName(type))
                .withAdapter(VmdkAdapter.ofOptionName(adapter.get(0)))
                .withHardwareVersion(VmdkHardwareVersion.parse(version));
        List<String> expected = lines(createType, extent, adapter, VERSIONS.get(version));
        if (type.equals("vmfs-thin")) {
          expected.add(13, "ddb.thinProvisioned = \"1\"");
        }
        assertThat(descriptor(options)).as(type + " " + adapter + version).isEqualTo(expected);
      }
    }
  }

  private static List<String> lines(
      String createType, String extent, List<String> adapter, int version) {
    return new ArrayList<>(
        List.of(
            "# Disk DescriptorFile",
            "version=1",
            "encoding=\"UTF-8\"",
            "CID=fffffffe",
            "parentCID=ffffffff",
            "createType=\"" + createType + "\"",
            "",
            "# Extent description",
            extent,
            "",
            "# The Disk Data Base",
            "#DDB",
            "",
            "ddb.adapterType = \"" + adapter.get(1) + "\"",
            "ddb.geometry.cylinders = \"" + adapter.get(2) + "\"",
            "ddb.geometry.heads = \"" + adapter.get(3) + "\"",
            "ddb.geometry.sectors = \"" + adapter.get(4) + "\"",
            "ddb.longContentID = \"*fffffffe\"",
            "ddb.uuid = \"*\"",
            "ddb.virtualHWVersion = \"" + version + "\""));
  }

  /** The lines of the descriptor, with a star for each random value. */
  private static List<String> descriptor(VmdkCreateOptions options) throws IOException {
    SimulatedFiles files = new SimulatedFiles();
    VmdkDisk.create(files.at("new.vmdk"), options);
    byte[] bytes = files.bytes("new.vmdk");
    if (bytes[0] == 'K') {
      bytes = Arrays.copyOfRange(bytes, SECTOR, 21 * SECTOR);
    }
    return new String(bytes, StandardCharsets.UTF_8)
        .replace("\0", "")
        .replaceAll("\"[0-9a-f]{24}fffffffe\"", "\"*fffffffe\"")
        .replaceAll("\"60 00 c2 9[0-9a-f]( [0-9a-f]{2}){4}-[0-9a-f]{2}( [0-9a-f]{2}){7}\"", "\"*\"")
        .lines()
        .toList();
  }
}
