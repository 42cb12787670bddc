package org.nbdcore.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
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
    PluginProvider forgets =
        new PersistentProvider() {
          @Override
          void flushed(Path file, ModelDevice disk) {}

          @Override
          void forced(Path file, ModelDevice disk) {}
        };
    Broken broken = new Broken(forgets, folder.resolve("disk"));
    assertThatThrownBy(broken::flushedDataSurvivesARestart)
        .hasMessageContaining("after a flush and a restart");
  }

  @Test
  void fuaThatLiesIsCaught() {
    PluginProvider lies =
        new PersistentProvider() {
          @Override
          void forced(Path file, ModelDevice disk) {}
        };
    Broken broken = new Broken(lies, folder.resolve("disk"));
    assertThatThrownBy(broken::fuaWritesSurviveARestart)
        .hasMessageContaining("after a FUA write and a restart");
  }

  /** Loads a class of its own with the class loader of the application. */
  public static final class AppliesTheWrongLoader extends PersistentProvider {
    @Override
    public Plugin create(Config config) throws ConfigException {
      try {
        ClassLoader application = ClassLoader.getSystemClassLoader();
        String name = PersistentProvider.class.getName();
        Object made = Class.forName(name, true, application).getDeclaredConstructor().newInstance();
        return ((PersistentProvider) made).create(config);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("the class loader of the application was expected", e);
      }
    }
  }

  @Test
  void pluginThatNeedsTheApplicationsClassLoaderIsCaught() {
    Broken broken = new Broken(new AppliesTheWrongLoader(), folder.resolve("disk"));
    assertThatThrownBy(broken::pluginWorksInItsOwnClassLoader)
        .isInstanceOfAny(ClassCastException.class, IllegalStateException.class);
  }
}
