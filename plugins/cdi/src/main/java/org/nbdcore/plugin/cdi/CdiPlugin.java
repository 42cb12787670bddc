package org.nbdcore.plugin.cdi;

import java.io.IOException;
import java.nio.file.Path;
import org.nbdcore.plugin.file.AnonymousFile;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.StartContext;

/** Downloads a layer when the server starts; all clients read the copy. */
final class CdiPlugin implements Plugin {

  /** Connects to the source of the image. */
  @FunctionalInterface
  interface Opening {
    /** Reads the user's files and opens the source. The caller closes it. */
    ImageSource open() throws IOException;
  }

  private final Opening opening;
  private final Platform platform;
  private final int layer;
  private final Path folder;
  private AnonymousFile copy; // null before the start

  /**
   * @param layer counted from 0
   * @param folder for the copy
   */
  CdiPlugin(Opening opening, Platform platform, int layer, Path folder) {
    this.opening = opening;
    this.platform = platform;
    this.layer = layer;
    this.folder = folder;
  }

  @Override
  public void start(StartContext context) throws IOException {
    try (ImageSource source = opening.open()) {
      ImageLayer found = new ImageResolver(source, platform).layer(layer);
      context.log().debug(() -> "layer " + layer + " of " + source.shown() + ": " + found.blob());
      copy = AnonymousFile.create(folder);
      new LayerDownload(source, found).to(copy);
    }
    copy.finish();
  }

  @Override
  public BlockDevice open(OpenRequest request) {
    return copy.open();
  }

  @Override
  public void close() throws IOException {
    if (copy != null) {
      copy.close();
    }
  }
}
