package org.nbdcore.server.export;

/**
 * The result of the option negotiation.
 *
 * @param structured whether replies consist of chunks; always true with extended headers
 * @param extended whether headers have 64-bit lengths
 * @param contexts the meta contexts that the client selected for the export
 */
public record NegotiatedOptions(boolean structured, boolean extended, SelectedContexts contexts) {

  /** Nothing was negotiated. */
  public static final NegotiatedOptions NONE =
      new NegotiatedOptions(false, false, SelectedContexts.NONE);
}
