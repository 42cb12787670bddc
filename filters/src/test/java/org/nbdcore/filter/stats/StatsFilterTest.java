package org.nbdcore.filter.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nbdcore.filter.common.Chains.bytes;
import static org.nbdcore.filter.common.Chains.read;
import static org.nbdcore.filter.common.Chains.write;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.StartContext;

final class StatsFilterTest {

  @TempDir private Path folder;
  private final ModelDisk disk = new ModelDisk(1 << 20);

  @Test
  void fileReportsTheOperations() throws Exception {
    Path file = folder.resolve("stats");
    run(file);
    String text = Files.readString(file);
    assertThat(text)
        .containsPattern("(?m)^total: 8 ops, [0-9.]+ s, 17\\.00 KiB, [0-9.]+ \\w+/s$")
        .containsPattern(
            "(?m)^read: 4 ops, [0-9.]+ s, 14\\.00 KiB, [0-9.]+ \\w+/s op, [0-9.]+ \\w+/s total$")
        .contains(
            "  Request size and alignment breakdown:\n"
                + "    12 bits:  75.0% (3 reqs, 12.00 KiB total)\n"
                + "         12 bit aligned: 100.0% (3)\n"
                + "         13 bit aligned:  66.7% (2)\n"
                + "    11 bits:  25.0% (1 reqs, 2.00 KiB total)\n")
        .containsPattern("(?m)^write: 1 ops")
        .containsPattern("(?m)^trim: 1 ops")
        .containsPattern("(?m)^flush: 1 ops, [0-9.]+ s, 0 bytes")
        .containsPattern("(?m)^zero: 1 ops")
        .doesNotContain("cache", "extents");
  }

  @Test
  void breakdownCoversTheThreshold() throws Exception {
    Path file = folder.resolve("stats");
    run(file, "statsthreshold=50");
    assertThat(Files.readString(file))
        .contains("12 bits:", "    other sizes:  25.0% (1 reqs, 2.00 KiB total)")
        .doesNotContain("11 bits:");
    run(file, "statsthreshold=0");
    assertThat(Files.readString(file)).doesNotContain("breakdown");
  }

  @Test
  void theFileIsReplacedOrAppendedTo() throws Exception {
    Path file = folder.resolve("stats");
    run(file);
    run(file);
    assertThat(totals(file)).hasSize(1);
    run(file, "statsappend=true");
    assertThat(totals(file)).hasSize(2);
  }

  @Test
  void fileIsRequiredAndOpenedAtTheStart() throws Exception {
    assertThatThrownBy(() -> Chains.configure(new StatsFilterProvider()))
        .isInstanceOf(ConfigException.class)
        .hasMessage("missing: statsfile=PATH");
    Filter filter = filter(folder.resolve("missing").resolve("stats"));
    assertThatThrownBy(() -> filter.start(disk, StartContext.NONE)).isInstanceOf(IOException.class);
    filter.close();
  }

  private static List<String> totals(Path file) throws IOException {
    return Files.readAllLines(file).stream().filter(line -> line.startsWith("total:")).toList();
  }

  private void run(Path file, String... pairs) throws Exception {
    Filter filter = filter(file, pairs);
    filter.start(disk, StartContext.NONE);
    BlockDevice device = Chains.open(filter, disk);
    read(device, 0, 4096);
    read(device, 8192, 4096);
    read(device, 4096, 4096);
    read(device, 0, 2048);
    write(device, 0, bytes(1, 1024), Flags.NONE);
    device.zero(0, 1024, Flags.NONE);
    device.trim(0, 1024, Flags.NONE);
    device.flush();
    device.close();
    filter.close();
  }

  private static Filter filter(Path file, String... pairs) {
    String[] all = java.util.Arrays.copyOf(pairs, pairs.length + 1);
    all[pairs.length] = "statsfile=" + file;
    return Chains.filter(new StatsFilterProvider(), all);
  }
}
