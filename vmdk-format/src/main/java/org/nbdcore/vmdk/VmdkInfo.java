package org.nbdcore.vmdk;

import java.util.List;
import java.util.Map;

/**
 * What the descriptor says of a disk. Names that it does not hold are empty strings. Of a disk with
 * parents, the disk database (the ddb entries) is that of the nearest link that has the entry.
 *
 * @param createType monolithicSparse, monolithicFlat, streamOptimized, twoGbMaxExtentSparse,
 *     twoGbMaxExtentFlat, vmfs …
 * @param adapterType ide, buslogic, lsilogic, legacyESX
 * @param hardwareVersion ddb.virtualHWVersion
 * @param contentId the CID, eight hexadecimal digits
 * @param uuid ddb.uuid or ddb.uuid.image
 * @param geometry null if the descriptor holds none or not a whole one
 * @param extents in the order of the disk
 * @param parents the descriptor files of the parents, the nearest first
 * @param attributes all keys and values; keys compare without regard to case
 */
public record VmdkInfo(
    String createType,
    String adapterType,
    String hardwareVersion,
    String contentId,
    String uuid,
    VmdkGeometry geometry,
    List<VmdkExtentInfo> extents,
    List<FileLocation> parents,
    Map<String, String> attributes) {}
