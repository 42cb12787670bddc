package org.nbdcore.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.CompletionHandler;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.PassThroughDevice;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;

/** A plugin that keeps its data passes the contract test, and plugins that forget it do not. */
class PersistentPluginTest extends PluginContractTest {

  private static final int SIZE = 100_000;

  @TempDir private Path folder;

  @BeforeEach
  final void makeFile() throws IOException {
    Files.write(folder.resolve("disk"), new byte[SIZE]);
  }

  /** The contract of a broken plugin, run by hand. */
  private static final class Broken extends PersistentPluginTest {
    private final PluginProvider provider;
    private final Path file;

    Broken(PluginProvider provider, Path file) {
      this.provider = provider;
      this.file = file;
    }

    @Override
    protected PluginProvider provider() {
      return provider;
    }

    @Override
    protected List<String> parameters() {
      return List.of("file=" + file);
    }
  }

  @Override
  protected PluginProvider provider() {
    return new PersistentProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("file=" + folder.resolve("disk"));
  }

  @Override
  protected Capabilities expectedCapabilities() {
    return ModelDevice.everything();
  }

  @Override
  protected byte[] expectedContents() {
    return new byte[SIZE];
  }

  @Override
  protected boolean persists() {
    return true;
  }

  @Test
  void flushThatDoesNothingIsCaught() {
    PluginProvider withoutFlush =
        new PersistentProvider() {
          @Override
          void flushed(Path file, ModelDevice disk) {}

          @Override
          void forced(Path file, ModelDevice disk) {}
        };
    Broken broken = new Broken(withoutFlush, folder.resolve("disk"));
    assertThatThrownBy(broken::flushedDataSurvivesARestart)
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith(
            "flush must make all completed writes durable; the disk after a restart: the byte at ");
  }

  @Test
  void fuaThatDoesNothingIsCaught() {
    PluginProvider withoutFua =
        new PersistentProvider() {
          @Override
          void forced(Path file, ModelDevice disk) {}
        };
    Broken broken = new Broken(withoutFua, folder.resolve("disk"));
    assertThatThrownBy(broken::dataWrittenWithFuaSurvivesARestart)
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith(
            "a write with FUA must be durable when the call returns; the disk after a restart:"
                + " the byte at ");
  }

  private void fuaIsCaught(PluginProvider lies, String message) {
    Broken broken = new Broken(lies, folder.resolve("disk"));
    assertThatThrownBy(broken::dataWrittenWithFuaSurvivesARestart)
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith(message + "; the disk after a restart: the byte at ");
  }

  @Test
  void fuaOfAnAsyncWriteThatLiesIsCaught() {
    PluginProvider lies =
        new PersistentProvider() {
          @Override
          BlockDevice wrap(BlockDevice device) {
            return new PassThroughDevice(device) {
              @Override
              public boolean prefersAsync() {
                return true;
              }

              @Override
              public boolean writeAsync(
                  ByteBuffer src, long offset, Flags flags, CompletionHandler completion)
                  throws IOException {
                next.write(src, offset, flags.without(Flags.FUA));
                completion.completed(() -> {});
                return true;
              }
            };
          }
        };
    fuaIsCaught(lies, "an asynchronous write with FUA must be durable when it completes");
  }

  @Test
  void fuaOfAZeroThatLiesIsCaught() {
    PluginProvider lies =
        new PersistentProvider() {
          @Override
          BlockDevice wrap(BlockDevice device) {
            return new FilterBlockDevice(device) {
              @Override
              public void zero(long offset, long length, Flags flags) throws IOException {
                next.zero(offset, length, flags.without(Flags.FUA));
              }
            };
          }
        };
    fuaIsCaught(lies, "a zero with FUA must be durable when the call returns");
  }

  /** Loads a class of its own with the class loader of the application. */
  public static final class UsesTheApplicationsLoader extends PersistentProvider {
    @Override
    public Plugin create(Config config) throws ConfigException {
      try {
        ClassLoader application = ClassLoader.getSystemClassLoader();
        String name = PersistentProvider.class.getName();
        Object created =
            Class.forName(name, true, application).getDeclaredConstructor().newInstance();
        return ((PersistentProvider) created).create(config);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("the class loader of the application was expected", e);
      }
    }
  }

  @Test
  void pluginThatNeedsTheApplicationsClassLoaderIsCaught() {
    Broken broken = new Broken(new UsesTheApplicationsLoader(), folder.resolve("disk"));
    assertThatThrownBy(broken::pluginWorksInItsOwnClassLoader)
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith("the plugin does not work in a class loader of its own, as the")
        .hasMessageContaining("must not ask the application's class loader");
  }
}
