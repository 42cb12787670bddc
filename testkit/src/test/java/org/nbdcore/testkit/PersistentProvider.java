package org.nbdcore.testkit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;

/** A disk in memory that a flush, or FUA, copies to a file; tests override how to break it. */
public class PersistentProvider implements PluginProvider {

  private static final Parameter<Path> FILE = Parameter.path("file", "The file.").required();

  @Override
  public String name() {
    return "persistent";
  }

  @Override
  public String description() {
    return "A disk that outlives its plugin";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(FILE);
  }

  /** Called for each device. */
  BlockDevice wrap(BlockDevice device) {
    return device;
  }

  /** Called by a flush. */
  void flushed(Path file, ModelDevice disk) throws IOException {
    Files.write(file, disk.contents());
  }

  /** Called after a change with FUA. */
  void forced(Path file, ModelDevice disk) throws IOException {
    Files.write(file, disk.contents());
  }

  @Override
  public Plugin create(Config config) throws ConfigException {
    Path file = config.get(FILE);
    try {
      byte[] contents = Files.readAllBytes(file);
      ModelDevice disk = new ModelDevice(contents.length);
      disk.write(ByteBuffer.allocateDirect(contents.length).put(contents).flip(), 0, Flags.NONE);
      return new DiskPlugin(file, disk);
    } catch (IOException e) {
      throw new ConfigException("file=" + file + ": " + e, e);
    }
  }

  private final class DiskPlugin implements Plugin {
    private final Path file;
    private final ModelDevice disk;

    DiskPlugin(Path file, ModelDevice disk) {
      this.file = file;
      this.disk = disk;
    }

    @Override
    public BlockDevice open(OpenRequest request) {
      return wrap(device());
    }

    private BlockDevice device() {
      return new FilterBlockDevice(disk) {
        @Override
        public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
          next.write(src, offset, flags);
          if (flags.has(Flags.FUA)) {
            forced(file, disk);
          }
        }

        @Override
        public void zero(long offset, long length, Flags flags) throws IOException {
          next.zero(offset, length, flags);
          if (flags.has(Flags.FUA)) {
            forced(file, disk);
          }
        }

        @Override
        public void trim(long offset, long length, Flags flags) throws IOException {
          next.trim(offset, length, flags);
          if (flags.has(Flags.FUA)) {
            forced(file, disk);
          }
        }

        @Override
        public void flush() throws IOException {
          next.flush();
          flushed(file, disk);
        }

        @Override
        public void close() {}
      };
    }
  }
}
