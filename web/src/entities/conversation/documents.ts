import { graphql } from "@/shared/api/graphql";

export const ConversationRow = graphql(`
  fragment ConversationRow on Conversation {
    id
    status
    owner
    needsAttention
    attentionReason
    language
    unreadCount
    lastMessageAt
    preview
    channel { id kind }
    contact { id name phone }
  }
`);

export const MessageParts = graphql(`
  fragment MessageParts on Message {
    id
    direction
    author
    text
    language
    status
    error
    createdAt
    turnId
    attachments { id kind url name mediaType size state error transcriptState transcript }
    buttons { label says url }
  }
`);

export const TurnParts = graphql(`
  fragment TurnParts on Turn {
    id
    status
    intent
    language
    startedAt
    finishedAt
    workMs
    error
    reasons { step detail items lines { code values } }
    modelUse { model inputTokens outputTokens milliseconds cost detail }
  }
`);

export const CartParts = graphql(`
  fragment CartParts on Cart {
    city
    name
    phone
    date
    time
    total { amount currency }
    lines {
      key
      sku
      name
      quantity
      unitPrice { amount currency }
      total { amount currency }
    }
  }
`);

export const ThreadMessages = graphql(`
  query ThreadMessages($id: ID!, $after: String) {
    conversation(id: $id) {
      id
      messages(first: 50, after: $after) {
        nodes { ...MessageParts }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`);

export const ThreadTurns = graphql(`
  query ThreadTurns($id: ID!) {
    conversation(id: $id) {
      id
      turns(first: 50) {
        nodes { ...TurnParts }
      }
    }
  }
`);
