/** The name under which the data of an image stand in the source's object store for a while: found again after a crash. */
export const loanName = (imageId: string, destination: string): string => `osm-image-${imageId}-to-${destination}`;
