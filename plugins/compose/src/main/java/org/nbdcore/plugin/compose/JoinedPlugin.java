package org.nbdcore.plugin.compose;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;

/** Opens the files of a joined disk for each client. */
final class JoinedPlugin implements Plugin {

  /**
   * A part of the layout: a file, fixed bytes, or zeroes.
   *
   * @param file null for a part that is no file
   * @param bytes null for a file or for zeroes
   */
  record Part(PartFile file, byte[] bytes, long length) {
    static Part of(PartFile file) {
      return new Part(file, null, file.size());
    }

    static Part of(byte[] bytes) {
      return new Part(null, bytes, bytes.length);
    }

    static Part zeroes(long length) {
      return new Part(null, null, length);
    }
  }

  private final List<Part> parts;

  JoinedPlugin(List<Part> parts) {
    this.parts = List.copyOf(parts);
  }

  @Override
  public BlockDevice open(OpenRequest request) throws IOException {
    List<JoinedRegion> regions = new ArrayList<>();
    try {
      long at = 0;
      for (Part part : parts) {
        if (part.length() == 0) {
          continue;
        }
        if (part.file() != null) {
          regions.add(JoinedRegion.of(at, part.length(), part.file().open(request)));
        } else if (part.bytes() != null) {
          regions.add(JoinedRegion.bytes(at, part.bytes()));
        } else {
          regions.add(JoinedRegion.zeroes(at, part.length()));
        }
        at += part.length();
      }
      return new JoinedDevice(regions);
    } catch (IOException e) {
      for (JoinedRegion region : regions) {
        if (region.device() != null) {
          region.device().close();
        }
      }
      throw e;
    }
  }
}
