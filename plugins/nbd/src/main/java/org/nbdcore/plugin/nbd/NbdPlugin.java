package org.nbdcore.plugin.nbd;

import java.io.IOException;
import java.util.List;
import org.nbdcore.client.NbdClientException;
import org.nbdcore.client.NbdHandshake;
import org.nbdcore.protocol.OptionReply;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Export;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.StartContext;

/** Serves exports of another server: a configured one, or the one that the client selects. */
final class NbdPlugin implements Plugin {

  private final RemoteEndpoint remote;
  private final String exportName; // null if the client chooses
  private final boolean shared;
  private final int retries;
  private RemoteConnection link; // the shared one; written by start alone

  NbdPlugin(RemoteEndpoint remote, String exportName, boolean shared, int retries) {
    this.remote = remote;
    this.exportName = exportName;
    this.shared = shared;
    this.retries = retries;
  }

  @Override
  public void start(StartContext context) throws IOException {
    if (shared) {
      link = new RemoteConnection(remote, exportName, retries, Session.DETACHED);
    }
  }

  @Override
  public BlockDevice open(OpenRequest request) throws IOException {
    RemoteConnection used = link;
    if (!shared) {
      String name = exportName == null ? request.exportName() : exportName;
      used = new RemoteConnection(remote, name, retries, request.session());
    }
    return new NbdDevice(used, shared, request.readOnly(), request.session());
  }

  @Override
  public List<Export> listExports(OpenRequest request) throws IOException {
    if (exportName != null) {
      return List.of(Export.of(exportName));
    }
    try (NbdHandshake handshake = remote.connect()) {
      return handshake.list();
    } catch (IOException e) {
      throw RemoteErrors.of(e);
    }
  }

  /** If the client selects the export, the remote server's name of its default export. */
  @Override
  public String defaultExport(OpenRequest request) throws IOException {
    if (exportName != null) {
      return exportName;
    }
    try (NbdHandshake handshake = remote.connect()) {
      return handshake.info("").name();
    } catch (NbdClientException e) {
      if (e.optionReply() == OptionReply.ERR_UNSUP) {
        return ""; // an old server that does not report it
      }
      throw RemoteErrors.of(e);
    } catch (IOException e) {
      throw RemoteErrors.of(e);
    }
  }

  @Override
  public void close() throws IOException {
    try (remote) {
      if (link != null) {
        link.close();
      }
    }
  }
}
