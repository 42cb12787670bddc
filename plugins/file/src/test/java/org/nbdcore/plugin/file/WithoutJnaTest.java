package org.nbdcore.plugin.file;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Native;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.system.FileCalls;
import org.nbdcore.system.SystemCalls;

/** The plugin in a class loader of its own, to see what it does without JNA, and what it loads. */
final class WithoutJnaTest {

  @TempDir Path folder;

  private static final class Loader extends URLClassLoader {
    Loader(List<Class<?>> samples) {
      super(
          samples.stream()
              .map(sample -> sample.getProtectionDomain().getCodeSource().getLocation())
              .toArray(URL[]::new),
          ClassLoader.getPlatformClassLoader());
    }

    boolean loaded(String name) {
      return findLoadedClass(name) != null;
    }

    String run(String method, Path file) throws ReflectiveOperationException {
      return (String)
          loadClass(Isolated.class.getName())
              .getMethod(method, String.class)
              .invoke(null, file.toString());
    }
  }

  private Path file() throws Exception {
    byte[] ones = new byte[10_000];
    java.util.Arrays.fill(ones, (byte) 1);
    return Files.write(folder.resolve("disk"), ones);
  }

  @Test
  void everythingWorksWithoutJna() throws Exception {
    List<Class<?>> classes =
        List.of(FileDevice.class, Isolated.class, BlockDevice.class, SystemCalls.class);
    try (Loader loader = new Loader(classes)) {
      Path file = file();
      assertThat(loader.run("useAll", file))
          .isEqualTo("extents=false trim=false fastZero=false runs=1 type=0 fast=ENOTSUP");
      byte[] contents = Files.readAllBytes(file);
      assertThat(contents[99]).isEqualTo((byte) 1);
      assertThat(contents[100]).isZero();
      assertThat(contents[5099]).isZero();
      assertThat(contents[5100]).isEqualTo((byte) 1);
    }
  }

  @Test
  void readingAndWritingDoNotLoadJna() throws Exception {
    List<Class<?>> classes =
        List.of(
            FileDevice.class, Isolated.class, BlockDevice.class, SystemCalls.class, Native.class);
    try (Loader loader = new Loader(classes)) {
      loader.run("readAndWrite", file());
      assertThat(loader.loaded(FileDevice.class.getName())).isTrue();
      assertThat(loader.loaded("com.sun.jna.Structure")).isFalse();
      assertThat(loader.loaded("com.sun.jna.Pointer")).isFalse();
      assertThat(loader.loaded(FileCalls.class.getName())).isFalse();
    }
  }
}
