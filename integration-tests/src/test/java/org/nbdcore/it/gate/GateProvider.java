package org.nbdcore.it.gate;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;

/** A disk whose reads wait until a test lets them continue. */
public final class GateProvider implements PluginProvider {

  private static final Parameter<Path> ENTERED =
      Parameter.path("entered", "A FIFO that a read writes to when it has come.").required();
  private static final Parameter<Path> OPEN =
      Parameter.path("open", "A FIFO that a read then reads to the end.").required();

  @Override
  public String name() {
    return "gate";
  }

  @Override
  public String description() {
    return "reads wait at a gate";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(ENTERED, OPEN);
  }

  @Override
  public Plugin create(Config config) {
    Path entered = config.get(ENTERED);
    Path open = config.get(OPEN);
    return request -> new GateDevice(entered, open);
  }

  private record GateDevice(Path entered, Path open) implements BlockDevice {

    @Override
    public long size() {
      return 1 << 20;
    }

    @Override
    public Capabilities capabilities() {
      return Capabilities.readOnly();
    }

    @Override
    public void read(ByteBuffer dst, long offset) throws IOException {
      Files.writeString(entered, "read");
      Files.readString(open);
      while (dst.hasRemaining()) {
        dst.put((byte) 'g');
      }
    }

    @Override
    public void close() {}
  }
}
