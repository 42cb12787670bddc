package org.nbdcore.plugin.vddk;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every offset that the binding uses is the C compiler's. */
@Tag("newest")
class StructureLayoutTest {

  @TempDir Path folder;

  @Test
  void offsetsAndSizesMatchTheCCompiler() throws Exception {
    Gcc.require();
    Path program = folder.resolve("layout");
    Gcc.compile(program, List.of("parts/layout.c"));
    Process process = new ProcessBuilder(program.toString()).start();
    Map<String, String> printed = new HashMap<>();
    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
        .lines()
        .forEach(line -> printed.put(line.split(" ", 2)[0], line.split(" ", 2)[1]));
    assertThat(process.waitFor()).isZero();

    Map<String, String> ours = new HashMap<>();
    connectParams(ours);
    createParams(ours);
    diskInfo(ours);
    ours.put("VixDiskLibBlockList.numBlocks", BlockList.NUM_BLOCKS + " 4");
    ours.put("VixDiskLibBlockList.blocks", BlockList.BLOCKS + " " + BlockList.BLOCK_SIZE);
    ours.put("VixDiskLibBlock", Integer.toString(BlockList.BLOCK_SIZE));
    ours.put("VixDiskLibBlock.offset", "0 8");
    ours.put("VixDiskLibBlock.length", "8 8");

    assertThat(printed).containsAllEntriesOf(ours);
  }

  private static void connectParams(Map<String, String> ours) {
    String type = "VixDiskLibConnectParams";
    ours.put(type, "128");
    ours.put(type + ".vmxSpec", ConnectParams.VMX_SPEC + " 8");
    ours.put(type + ".serverName", ConnectParams.SERVER_NAME + " 8");
    ours.put(type + ".thumbPrint", ConnectParams.THUMB_PRINT + " 8");
    ours.put(type + ".credType", ConnectParams.CRED_TYPE + " 4");
    ours.put(type + ".creds.uid.userName", ConnectParams.UID_USER_NAME + " 8");
    ours.put(type + ".creds.uid.password", ConnectParams.UID_PASSWORD + " 8");
    ours.put(type + ".creds.sessionId.cookie", ConnectParams.SESSION_COOKIE + " 8");
    ours.put(type + ".creds.sessionId.userName", ConnectParams.SESSION_USER_NAME + " 8");
    ours.put(type + ".creds.sessionId.key", ConnectParams.SESSION_KEY + " 8");
    ours.put(type + ".port", ConnectParams.PORT + " 4");
    ours.put(type + ".nfcHostPort", ConnectParams.NFC_HOST_PORT + " 4");
    ours.put(type + ".specType", ConnectParams.SPEC_TYPE + " 4");
    ours.put(type + ".state", "88 8");
  }

  private static void createParams(Map<String, String> ours) {
    String type = "VixDiskLibCreateParams";
    ours.put(type, Integer.toString(CreateParams.SIZE));
    ours.put(type + ".diskType", CreateParams.DISK_TYPE + " 4");
    ours.put(type + ".adapterType", CreateParams.ADAPTER_TYPE + " 4");
    ours.put(type + ".hwVersion", CreateParams.HW_VERSION + " 2");
    ours.put(type + ".capacity", CreateParams.CAPACITY + " 8");
    ours.put(type + ".logicalSectorSize", CreateParams.LOGICAL_SECTOR_SIZE + " 4");
    ours.put(type + ".physicalSectorSize", CreateParams.PHYSICAL_SECTOR_SIZE + " 4");
  }

  private static void diskInfo(Map<String, String> ours) {
    String type = "VixDiskLibInfo";
    ours.put(type, "64");
    ours.put("VixDiskLibGeometry", "12");
    ours.put(type + ".biosGeo", DiskInfo.BIOS_GEOMETRY + " 12");
    ours.put(type + ".physGeo", DiskInfo.PHYS_GEOMETRY + " 12");
    ours.put(type + ".capacity", DiskInfo.CAPACITY + " 8");
    ours.put(type + ".adapterType", DiskInfo.ADAPTER_TYPE + " 4");
    ours.put(type + ".numLinks", DiskInfo.NUM_LINKS + " 4");
    ours.put(type + ".parentFileNameHint", DiskInfo.PARENT_HINT + " 8");
    ours.put(type + ".uuid", DiskInfo.UUID + " 8");
    ours.put(type + ".logicalSectorSize", DiskInfo.LOGICAL_SECTOR_SIZE + " 4");
    ours.put(type + ".physicalSectorSize", DiskInfo.PHYSICAL_SECTOR_SIZE + " 4");
  }
}
