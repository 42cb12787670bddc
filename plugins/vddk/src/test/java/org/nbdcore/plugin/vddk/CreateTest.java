package org.nbdcore.plugin.vddk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.testkit.DiskContents;

/** create=true: every value reaches VDDK as the right number. */
class CreateTest {

  @TempDir Path folder;
  private Path disk;
  private FakeVddk fake;

  @BeforeEach
  void createFakeVddk() throws Exception {
    disk = folder.resolve("new.vmdk");
    fake = FakeVddk.in(folder);
  }

  private TraceLine create(String... more) throws Exception {
    String[] words = new String[more.length + 3];
    words[0] = "file=" + disk;
    words[1] = "create=true";
    words[2] = "create-size=1M";
    System.arraycopy(more, 0, words, 3, more.length);
    try (VddkSession session = VddkSession.start(fake, words)) {
      assertThat(session.openWritable().size()).isEqualTo(1 << 20);
    }
    return fake.call("Create");
  }

  @Test
  void newDiskIsServedAndKeepsWrites() throws Exception {
    byte[] bytes = new byte[4096];
    java.util.Arrays.fill(bytes, (byte) 'x');
    try (VddkSession session =
        VddkSession.start(fake, "file=" + disk, "create=true", "create-size=1M")) {
      BlockDevice device = session.openWritable();
      Disks.write(device, 8192, bytes, Flags.NONE);
      session.close(device);
      assertThat(DiskContents.read(session.openWritable(), 8192, 4096)).isEqualTo(bytes);
    }
    assertThat(Files.size(disk)).isEqualTo(1 << 20);
    assertThat(fake.calls("Create")).hasSize(1);
  }

  @Test
  void theDefaultsAreAMonolithicSparseBuslogicDiskOfWorkstation5() throws Exception {
    TraceLine create = create();
    assertThat(create.text("path")).isEqualTo(disk.toString());
    assertThat(create.number("diskType")).isEqualTo(1);
    assertThat(create.number("adapterType")).isEqualTo(2);
    assertThat(create.number("hwVersion")).isEqualTo(4);
    assertThat(create.number("capacity")).isEqualTo(2048);
    assertThat(create.number("logicalSectorSize")).isZero();
    assertThat(create.number("physicalSectorSize")).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "monolithic-sparse, 1",
    "monolithic-flat, 2",
    "split-sparse, 3",
    "split-flat, 4",
    "vmfs-flat, 5",
    "stream-optimized, 6",
    "vmfs-thin, 7",
    "vmfs-sparse, 8"
  })
  void createTypeSelectsTheDiskType(String word, int number) throws Exception {
    assertThat(create("create-type=" + word).number("diskType")).isEqualTo(number);
  }

  @ParameterizedTest
  @CsvSource({"ide, 1", "scsi-buslogic, 2", "scsi-lsilogic, 3"})
  void createAdapterTypeSelectsTheAdapter(String word, int number) throws Exception {
    assertThat(create("create-adapter-type=" + word).number("adapterType")).isEqualTo(number);
  }

  @ParameterizedTest
  @CsvSource({
    "workstation4, 3",
    "workstation5, 4",
    "workstation6, 6",
    "esx30, 4",
    "esx4x, 7",
    "esx50, 8",
    "esx51, 9",
    "esx55, 10",
    "esx60, 11",
    "esx65, 13",
    "20, 20",
    "65535, 65535"
  })
  void createHwversionSelectsTheHardwareVersion(String word, int number) throws Exception {
    assertThat(create("create-hwversion=" + word).number("hwVersion")).isEqualTo(number);
  }

  @Test
  void existingFileIsNotOverwritten() throws Exception {
    Files.writeString(disk, "precious");
    assertThatThrownBy(
            () -> VddkSession.start(fake, "file=" + disk, "create=true", "create-size=1M"))
        .hasMessage("VixDiskLib_Create: The file already exists (error 12)");
    assertThat(disk).hasContent("precious");
    assertThat(fake.failures()).isEmpty();
  }
}
