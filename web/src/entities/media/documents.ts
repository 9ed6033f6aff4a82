import { graphql } from "@/shared/api/graphql";

export const MediaParts = graphql(`
  fragment MediaParts on Media {
    id
    kind
    state
    name
    mediaType
    size
    width
    height
    url
    thumbnailUrl
    welcome
    errorCode
    lastError
    createdAt
  }
`);

export const MediaPage = graphql(`
  query MediaPage($id: ID!, $first: Int, $after: String, $kind: MediaKind, $search: String) {
    company(id: $id) {
      id
      media(first: $first, after: $after, kind: $kind, search: $search) {
        nodes { ...MediaParts }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`);

export const MediaUsage = graphql(`
  query MediaUsage($id: ID!) {
    media(id: $id) { id usedInRows }
  }
`);

export const DeleteMedia = graphql(`
  mutation DeleteMedia($input: DeleteMediaInput!) {
    deleteMedia(input: $input) { media { ...MediaParts } userErrors { field code message } }
  }
`);

export const RetryMedia = graphql(`
  mutation RetryMedia($input: MediaInput!) {
    retryMedia(input: $input) { media { ...MediaParts } userErrors { field code message } }
  }
`);

export const KeepMedia = graphql(`
  mutation KeepMedia($input: MediaInput!) {
    keepMedia(input: $input) { media { ...MediaParts } userErrors { field code message } }
  }
`);

export const SetWelcomeVideo = graphql(`
  mutation SetWelcomeVideo($input: SetWelcomeVideoInput!) {
    setWelcomeVideo(input: $input) { media { ...MediaParts } userErrors { field code message } }
  }
`);
