package org.nbdcore.plugin.mkfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Export;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.testkit.Configs;
import org.nbdcore.testkit.TestSession;

@Timeout(60)
@EnabledOnOs(OS.LINUX)
final class MkfsTest {

  @TempDir private Path folder;

  private static Plugin plugin(PluginProvider provider, String... arguments) throws Exception {
    Config config = Configs.of(provider.parameters(), arguments);
    return provider.create(config);
  }

  private TmpdiskPlugin tmpdisk(String... arguments) throws ConfigException {
    Config config = Configs.of(new TmpdiskProvider().parameters(), arguments);
    return new TmpdiskPlugin(MkfsParameters.command(config), folder);
  }

  private Plugin ondemand(String... arguments) throws Exception {
    String[] all =
        Stream.concat(Stream.of("dir=" + folder), Stream.of(arguments)).toArray(String[]::new);
    return plugin(new OndemandProvider(), all);
  }

  private static OpenRequest export(String name) {
    return OpenRequest.detached(name, false);
  }

  private static String text(BlockDevice device) throws Exception {
    ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(100, device.size()));
    device.read(bytes, 0);
    return StandardCharsets.UTF_8.decode(bytes.flip()).toString();
  }

  private List<String> files() throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void commandGetsTheParametersAsShellVariables() throws Exception {
    String command =
        "command=printf '%s|' \"$type\" \"$label\" \"$size\" \"$colour\" \"$quoted\" > \"$disk\"";
    try (Plugin plugin =
            tmpdisk("size=1K", command, "label=L", "colour=blue", "quoted=it's $HOME `id`");
        BlockDevice device = plugin.open(export(""))) {
      assertThat(text(device)).isEqualTo("ext4|L|1024|blue|it's $HOME `id`|");
    }
  }

  @Test
  void eachClientHasItsOwnDiskWithoutAFileLeftBehind() throws Exception {
    try (Plugin plugin = tmpdisk("size=64K", "command=truncate -s $size \"$disk\"")) {
      BlockDevice one = plugin.open(export(""));
      BlockDevice other = plugin.open(export(""));
      one.write(ByteBuffer.wrap(new byte[] {1}), 5, Flags.NONE);
      one.flush();
      one.trim(4096, 4096, Flags.NONE);
      assertThat(text(other).charAt(5)).isEqualTo('\0');
      assertThat(one.capabilities().multiConn()).isFalse();
      assertThat(files()).as("already while it is open").isEmpty();
      one.close();
      other.close();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "command=echo too bad >&2; exit 7, exit status 7: too bad",
    "command=true, has not created the disk",
    "command=mkdir \"$disk\", has not created the disk",
  })
  void failingCommandFailsTheOpenAndLeavesNoFile(String command, String reason) throws Exception {
    try (Plugin tmpdisk = tmpdisk("size=1M", command);
        Plugin ondemand = ondemand("size=1M", command)) {
      assertThatThrownBy(() -> tmpdisk.open(export(""))).hasMessageContaining(reason);
      assertThatThrownBy(() -> ondemand.open(export("a"))).hasMessageContaining(reason);
    }
    assertThat(files()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "disk=/etc/passwd, disk cannot be given",
    "a-b=1, must be letters",
    "colour=blue, unknown key 'colour'",
  })
  void invalidVariableNamesAreRefused(String word, String reason) {
    assertThatThrownBy(() -> tmpdisk("size=1M", word))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void ondemandCreatesAnExportOnceAndKeepsIt() throws Exception {
    String command = "command=printf 'fresh!' > \"$disk\"";
    try (Plugin plugin = ondemand("size=1M", command)) {
      try (BlockDevice device = plugin.open(export("one"))) {
        assertThat(text(device)).isEqualTo("fresh!");
        device.write(ByteBuffer.wrap("F".getBytes(StandardCharsets.UTF_8)), 0, Flags.NONE);
      }
      try (BlockDevice again = plugin.open(export("one"));
          BlockDevice unnamed = plugin.open(export(""))) {
        assertThat(text(again)).isEqualTo("Fresh!");
        assertThat(text(unnamed)).isEqualTo("fresh!");
      }
      assertThat(files()).containsExactly("default", "one");
      assertThat(plugin.listExports(export("")))
          .extracting(Export::name)
          .containsExactly("", "one");
    }
  }

  @Test
  void aDiskInUseIsLockedForOthers() throws Exception {
    try (Plugin plugin = ondemand("size=1M", "command=truncate -s 1M \"$disk\"");
        Plugin second = ondemand("size=1M")) {
      BlockDevice first = plugin.open(export("a"));
      assertThat(first.capabilities().multiConn()).isFalse();
      for (Plugin other : new Plugin[] {plugin, second}) {
        assertThatThrownBy(() -> other.open(export("a")))
            .hasMessage("filesystem is locked by another client")
            .isInstanceOfSatisfying(
                NbdException.class, e -> assertThat(e.error()).isEqualTo(NbdError.EPERM));
      }
      plugin.open(export("b")).close();
      first.close();
      second.open(export("a")).close();
    }
  }

  @Test
  void waitAdmitsTheSecondClientAfterTheFirstHasClosed() throws Exception {
    try (Plugin plugin = ondemand("size=1M", "wait=true", "command=truncate -s 1M \"$disk\"")) {
      BlockDevice first = plugin.open(export("a"));
      TestSession gone = new TestSession();
      gone.disconnectClient();
      assertThatThrownBy(() -> plugin.open(gone.request("a"))).hasMessageContaining("gone");
      Thread closing = new Thread(() -> closeQuietly(first));
      closing.start();
      plugin.open(export("a")).close();
      closing.join();
    }
  }

  private static void closeQuietly(BlockDevice device) {
    try {
      device.close();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void shareAdmitsSeveralClients() throws Exception {
    try (Plugin plugin = ondemand("size=1M", "share=true", "command=truncate -s 1M \"$disk\"");
        BlockDevice one = plugin.open(export("a"));
        BlockDevice other = plugin.open(export("a"))) {
      one.write(ByteBuffer.wrap("x".getBytes(StandardCharsets.UTF_8)), 0, Flags.NONE);
      assertThat(text(other)).startsWith("x");
      assertThat(one.capabilities().multiConn()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {".", "..", ".hidden", "a/b", "/etc/passwd"})
  void exportNamesThatAreNoPlainFileNamesAreRefused(String name) throws Exception {
    try (Plugin plugin = ondemand("size=1M", "command=truncate -s 1M \"$disk\"")) {
      assertThatThrownBy(() -> plugin.open(export(name)))
          .hasMessageContaining("must not begin with . or contain /");
      assertThatThrownBy(() -> plugin.open(export("x".repeat(256))))
          .hasMessageContaining("at most 255 bytes here, not 256");
    }
    assertThat(files()).isEmpty();
  }

  @Test
  void ondemandRequiresAnExistingFolder() {
    assertThatThrownBy(() -> plugin(new OndemandProvider(), "size=1M", "dir=/nonexistent"))
        .hasMessageContaining("dir must be an existing folder, not '/nonexistent'");
  }
}
