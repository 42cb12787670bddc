package org.nbdcore.plugin.javasource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.client.ConnectOptions;
import org.nbdcore.client.NbdClient;
import org.nbdcore.client.NbdClientException;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.ThreadModel;
import org.nbdcore.testkit.DumpedLines;
import org.nbdcore.testkit.server.PluginServer;

/** Source files behind a server. */
@Tag("newest")
final class JavaServedTest {

  @TempDir Path folder;

  @Test
  void theDiskInTenLinesIsSharedByItsConnections() throws Exception {
    Path file = Sources.ofPage("Disk", folder);
    assertThat(Files.readAllLines(file)).hasSize(10);
    try (PluginServer served = PluginServer.start(new JavaProvider(), file.toString());
        NbdClient second =
            NbdClient.connect(served.server().addresses().get(0), ConnectOptions.defaults())) {
      assertThat(served.client().size()).isEqualTo(1 << 20);
      second.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), (1 << 20) - 3);
      assertThat(served.read((1 << 20) - 4, 4)).containsExactly(0, 1, 2, 3);
    }
    try (Plugin plugin = Sources.create(file)) {
      assertThat(plugin.threadModel()).isEqualTo(ThreadModel.SERIALIZE_ALL_REQUESTS);
    }
  }

  @Test
  void parametersOfTheFileAreParsedAndChecked() throws Exception {
    String file = Sources.ofPage("Ram", folder).toString();
    for (String size : new String[] {"size=2M", "2M"}) {
      try (PluginServer served = PluginServer.start(new JavaProvider(), file, size)) {
        assertThat(served.client().size()).as(size).isEqualTo(2 << 20);
      }
    }
    assertRefused("size must be at most 1G, not 2G", file, "size=2G");
    assertRefused("missing: size=SIZE", file);
    assertRefused("size", file, "size=much");
    assertRefused("unknown key 'siz' for Ram.java; did you mean size?", file, "siz=1M");
    assertRefused("unknown key 'zzz' for Ram.java; valid are size", file, "zzz=1M");
    String disk = Sources.ofPage("Disk", folder).toString();
    assertRefused("unknown key 'k' for Disk.java, which takes none", disk, "k=v");
    assertRefused("Disk.java takes no bare word, only key=value: '1M' has no key", disk, "1M");
    assertRefused("script=FILE is missing: it comes before all other parameters", "k=v", disk);
  }

  private static void assertRefused(String message, String... words) {
    assertThatThrownBy(() -> PluginServer.start(new JavaProvider(), words).close())
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }

  @Test
  void sourceFileMayDeclareItsOwnProvider() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("Any.java"),
            """
            package com.example;

            import java.nio.ByteBuffer;
            import java.nio.charset.StandardCharsets;
            import java.util.List;
            import org.nbdcore.spi.*;

            public class AnyKey implements PluginProvider {
              public String name() { return "any"; }
              public String description() { return "Shows its parameters"; }
              public List<Parameter<?>> parameters() { return List.of(); }
              public boolean acceptsAnyKey() { return true; }
              public void dump(Config config, DumpSink out) {
                out.put("any_entries", Integer.toString(config.entries().size()));
              }
              public Plugin create(Config config) {
                StringBuilder text = new StringBuilder();
                for (Config.Entry entry : config.entries()) {
                  text.append(entry.key()).append(':').append(entry.value()).append(' ');
                }
                byte[] data = text.toString().getBytes(StandardCharsets.UTF_8);
                return request -> new Text(data);
              }
            }

            record Text(byte[] data) implements BlockDevice {
              public long size() { return data.length; }
              public Capabilities capabilities() { return Capabilities.readOnly(); }
              public void read(ByteBuffer dst, long offset) {
                dst.put(data, (int) offset, dst.remaining());
              }
              public void close() {}
            }
            """);
    String[] words = {file.toString(), "b=2", "java-classpath=", "a=1", "b=3"};
    try (PluginServer served = PluginServer.start(new JavaProvider(), words)) {
      int size = (int) served.client().size();
      assertThat(new String(served.read(0, size), StandardCharsets.UTF_8))
          .isEqualTo("b:2 a:1 b:3 ");
    }
    assertThat(dumped(file, "b=2", "a=1"))
        .contains(
            "java_class=com.example.AnyKey",
            "java_interface=PluginProvider",
            "java_keys=",
            "any_entries=2");
  }

  @Test
  void aFurtherKeyIsNotCalledUnknownIfARequiredOneIsMissing() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("Further.java"),
            """
            import java.util.List;
            import org.nbdcore.spi.*;

            public class Further implements PluginProvider {
              public String name() { return "further"; }
              public String description() { return "Needs a size, and accepts any key"; }
              public List<Parameter<?>> parameters() {
                return List.of(Parameter.size("size", "Size.").required());
              }
              public boolean acceptsAnyKey() { return true; }
              public Plugin create(Config config) { return null; }
            }
            """);
    assertThatThrownBy(() -> Sources.create(file, "colour=red"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("missing: size=SIZE");
  }

  @Test
  void dumpNeedsNoRequiredParameterOfTheFile() throws Exception {
    assertThat(dumped(Sources.ofPage("Ram", folder)))
        .contains(
            "magic_config_key=script", "java_class=Ram", "java_interface=Plugin", "java_keys=size")
        .noneMatch(line -> line.matches("(ERROR|FAILED) .*"));
    Path broken = Files.writeString(folder.resolve("Broken.java"), "class Broken {");
    assertThat(dumped(broken))
        .anyMatch(line -> line.startsWith("ERROR"))
        .noneMatch(line -> line.startsWith("java_class="));
  }

  private static List<String> dumped(Path file, String... entries) throws ConfigException {
    DumpedLines dumped = new DumpedLines();
    JavaProvider provider = new JavaProvider();
    provider.dump(Sources.config(provider, file, entries), dumped);
    return dumped.lines();
  }

  @Test
  void anExceptionOfTheDeviceReachesTheClientWithItsMessage() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("Fails.java"),
            """
            import java.nio.ByteBuffer;
            import org.nbdcore.spi.*;
            class Fails implements BlockDevice {
              public long size() { return 512; }
              public Capabilities capabilities() { return Capabilities.readOnly(); }
              public void read(ByteBuffer dst, long offset) throws NbdException {
                throw new NbdException(NbdError.ENOSPC, "no such byte");
              }
              public void close() {}
            }
            """);
    try (PluginServer served = PluginServer.start(new JavaProvider(), file.toString())) {
      assertThatThrownBy(() -> served.read(0, 512))
          .isInstanceOf(NbdClientException.class)
          .hasMessageContaining("ENOSPC")
          .hasMessageContaining("no such byte");
    }
  }
}
